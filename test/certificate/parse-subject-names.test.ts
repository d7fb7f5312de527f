import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import test from 'node:test'
import fc from 'fast-check'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { parseSubjectNames } from '../../src/certificate/parse-subject-names.ts'

const cases: { why: string; text: string | undefined; names: [string, string][] }[] = [
  { why: 'no extension', text: undefined, names: [] },
  { why: 'an empty one', text: '', names: [] },
  { why: 'one host name', text: 'DNS:a.test', names: [['dns', 'a.test']] },
  {
    why: 'each kind',
    text: 'DNS:a, IP Address:127.0.0.1, URI:http://a/, email:a@b, Registered ID:1.2.3',
    names: [
      ['dns', 'a'],
      ['ip', '127.0.0.1'],
      ['uri', 'http://a/'],
      ['email', 'a@b'],
      ['other', '1.2.3'],
    ],
  },
  {
    why: 'a quoted value with an entry inside',
    text: 'DNS:"x\\u002c DNS:evil.test"',
    names: [['dns', 'x, DNS:evil.test']],
  },
  { why: 'a quoted NUL', text: 'DNS:"good.test\\u0000.evil.test"', names: [['dns', 'good.test\0.evil.test']] },
  {
    why: 'an address of a wrong length',
    text: 'IP Address:<invalid length=5>',
    names: [['other', '<invalid length=5>']],
  },
  { why: 'a broken quote', text: 'DNS:a.test, DNS:"evil', names: [] },
  { why: 'no label', text: 'a.test', names: [] },
  { why: 'text after a quote', text: 'DNS:"a"b.test', names: [] },
]

for (const { why, text, names } of cases) {
  test(`names are read from ${why}`, () => {
    assert.deepEqual(
      parseSubjectNames(text).map(({ kind, value }) => [kind, value]),
      names,
    )
  })
}

test('host names with any character in them come back as they went into a certificate', async () => {
  const { key } = await makeCertificate({ subject: 'key' })
  // dNSName is an IA5String: one byte for each character.
  const name = fc.string({
    unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 4 }), async (dns) => {
      const made = await makeCertificate({ subject: 'x', privateKey: key, sans: { dns } })
      const names = parseSubjectNames(new X509Certificate(made.certificate).subjectAltName)
      assert.deepEqual(
        names,
        dns.map((value) => ({ kind: 'dns', value })),
      )
    }),
    { numRuns: 200 },
  )
})

test('no text makes the reader throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseSubjectNames(text)))
  fc.assert(fc.property(fc.string(), (text) => void parseSubjectNames(`DNS:a, ${text}`)))
})
