import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { isPrivateKey, parsePem } from '../../src/certificate/parse-pem.ts'

const block = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`

const accepted: { why: string; text: string; labels: string[] }[] = [
  { why: 'a single block', text: block('CERTIFICATE', 'AAAA'), labels: ['CERTIFICATE'] },
  {
    why: 'text of openssl x509 -text before it',
    text: `Certificate:\n  Data:\n${block('CERTIFICATE', 'AAAA')}`,
    labels: ['CERTIFICATE'],
  },
  { why: 'Windows line ends', text: block('CERTIFICATE', 'AAAA').replaceAll('\n', '\r\n'), labels: ['CERTIFICATE'] },
  { why: 'a byte order mark', text: `\uFEFF${block('CERTIFICATE', 'AAAA')}`, labels: ['CERTIFICATE'] },
  {
    why: 'trailing blanks',
    text: '-----BEGIN CERTIFICATE-----  \nAAAA \n-----END CERTIFICATE----- \n',
    labels: ['CERTIFICATE'],
  },
  {
    why: 'two kinds of block',
    text: block('CERTIFICATE', 'AAAA') + block('EC PRIVATE KEY', 'BBBB'),
    labels: ['CERTIFICATE', 'EC PRIVATE KEY'],
  },
  {
    why: 'headers of an encrypted key',
    text: block('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\n\nAAAA'),
    labels: ['RSA PRIVATE KEY'],
  },
  { why: 'no block at all', text: 'hello', labels: [] },
]

for (const { why, text, labels } of accepted) {
  test(`PEM with ${why} is read`, () => {
    const { blocks, problems } = parsePem(text)
    assert.deepEqual({ labels: blocks.map((each) => each.label), problems }, { labels, problems: [] })
  })
}

const refused: { why: string; text: string; line: number; message: RegExp }[] = [
  { why: 'without an end', text: 'x\n-----BEGIN CERTIFICATE-----\nAAAA\n', line: 2, message: /no END/ },
  {
    why: 'ended by another label',
    text: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----\n',
    line: 1,
    message: /no END/,
  },
  { why: 'that is not base64', text: block('CERTIFICATE', 'AA*A'), line: 1, message: /not base64/ },
  { why: 'of a broken length', text: block('CERTIFICATE', 'AAA'), line: 1, message: /not base64/ },
]

for (const { why, text, line, message } of refused) {
  test(`a PEM block ${why} is a problem with its line`, () => {
    const { blocks, problems } = parsePem(text)
    assert.equal(blocks.length, 0)
    assert.equal(problems[0]?.line, line)
    assert.match(problems[0]?.message ?? '', message)
  })
}

test('a block that was cut off does not swallow the next one', () => {
  const { blocks, problems } = parsePem(`-----BEGIN CERTIFICATE-----\nAAAA\n${block('CERTIFICATE', 'BBBB')}`)
  assert.deepEqual([blocks.length, blocks[0]?.line, problems.length], [1, 3, 1])
})

test('every kind of private key is told from a certificate', () => {
  for (const label of [
    'PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
  ]) {
    assert.ok(isPrivateKey(parsePem(block(label, 'AAAA')).blocks[0] as never), label)
  }
  assert.ok(!isPrivateKey(parsePem(block('CERTIFICATE', 'AAAA')).blocks[0] as never))
})

test('what is printed as PEM is read back byte for byte, and no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (bodies) => {
      const text = bodies.map((body) => block('CERTIFICATE', Buffer.from(body).toString('base64'))).join('junk\n')
      assert.deepEqual(
        parsePem(text).blocks.map((each) => [...each.der]),
        bodies.map((body) => [...body]),
      )
    }),
  )
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parsePem(text)))
})
