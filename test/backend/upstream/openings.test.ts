/** The words for upstream proxies: what opens, what is refused and how it is told, in any segmentation. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { httpOpening } from '../../../src/backend/upstream/http-opening.ts'
import type { Opening, OpeningStep } from '../../../src/backend/upstream/opening.ts'
import { socksOpening } from '../../../src/backend/upstream/socks-opening.ts'
import { parseAuthority } from '../../../src/policy/parse-destination.ts'

const destination = parseAuthority('b.test:443')
const credentials = { user: 'alice', password: 'hunter2' }
const http = (ours?: typeof credentials) => httpOpening({ proxy: 'p.test:3128', destination, credentials: ours })
const socks = (ours?: typeof credentials, to = destination) =>
  socksOpening({ proxy: 'p.test:1080', destination: to, credentials: ours })
const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** Says each answer once the last one has been answered; gives what was written and the last step. */
function converse(opening: Opening, answers: readonly string[]) {
  const said = [opening.begin().toString('latin1')]
  let step: OpeningStep = { kind: 'more' }
  for (const answer of answers) {
    step = opening.take(latin1(answer))
    if (step.kind === 'more' && step.write !== undefined) said.push(step.write.toString('latin1'))
  }
  return { said, step }
}

test('CONNECT names the backend, and us where the file does', () => {
  assert.equal(http().begin().toString(), 'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n')
  assert.match(http(credentials).begin().toString(), /\r\nProxy-Authorization: Basic YWxpY2U6aHVudGVyMg==\r\n\r\n$/)
})

const http200: [reason: string, answer: string, rest: string][] = [
  ['200', 'HTTP/1.1 200 Connection established\r\n\r\n', ''],
  ['no reason phrase', 'HTTP/1.0 200\r\nVia: x\r\n\r\n', ''],
  ['another 2xx, with a length that means nothing', 'HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n', ''],
  ['what the backend said at once', 'HTTP/1.1 200 OK\r\n\r\n220 mail', '220 mail'],
]
for (const [reason, answer, rest] of http200) {
  test(`CONNECT is open: ${reason}`, () => {
    assert.deepEqual(http().take(latin1(answer)), { kind: 'open', rest: latin1(rest) })
  })
}

const http403: [reason: string, ours: typeof credentials | undefined, answer: string, what: RegExp][] = [
  ['403', undefined, 'HTTP/1.1 403 Forbidden\r\n\r\n', /answered CONNECT with 403 "Forbidden"/],
  ['407 to a stranger', undefined, 'HTTP/1.1 407 x\r\n\r\n', /upstreamCredentials has none for it/],
  ['407 to us', credentials, 'HTTP/1.1 407 x\r\n\r\n', /does not take the user and password/],
  ['401 to us', credentials, 'HTTP/1.1 401 x\r\n\r\n', /does not take the user and password .*401/],
  ['an interim answer', undefined, 'HTTP/1.1 100 Continue\r\n\r\n', /answered CONNECT with 100/],
  ['another protocol, at its first byte', undefined, 'S', /something that is not HTTP$/],
  ['no status', undefined, 'HTTP/1.1 OK\r\n\r\n', /not HTTP\/1\.1/],
  ['HTTP/2', undefined, 'HTTP/2 200 OK\r\n\r\n', /not HTTP/],
  ['a head without end', undefined, `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(16_384)}`, /head of over 16384 bytes/],
]
for (const [reason, ours, answer, what] of http403) {
  test(`CONNECT is refused, without a secret in the words: ${reason}`, () => {
    const step = http(ours).take(latin1(answer)) as OpeningStep & { kind: 'refused' }
    assert.equal(step.kind, 'refused')
    assert.match(step.what, what)
    assert.doesNotMatch(step.what, /hunter2|alice/)
  })
}

describe('SOCKS5', () => {
  const OPEN = '\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38'
  const request = '\x05\x01\x00\x03\x06b.test\x01\xbb'

  test('a name goes out as a name, and what follows the reply is given on', () => {
    const { said, step } = converse(socks(), ['\x05\x00', `${OPEN}220 mail`])
    assert.deepEqual(said, ['\x05\x01\x00', request])
    assert.deepEqual(step, { kind: 'open', rest: latin1('220 mail') })
  })

  test('an address goes out as an address', () => {
    const { said } = converse(socks(undefined, parseAuthority('192.0.2.1:80')), ['\x05\x00'])
    assert.equal(said[1], '\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50')
  })

  test('user and password are said where they are asked for, and where they are not they stay here', () => {
    const asked = converse(socks(credentials), ['\x05\x02', '\x01\x00', OPEN])
    assert.deepEqual(asked.said, ['\x05\x02\x00\x02', '\x01\x05alice\x07hunter2', request])
    assert.equal(asked.step.kind, 'open')
    assert.deepEqual(converse(socks(credentials), ['\x05\x00', OPEN]).said, ['\x05\x02\x00\x02', request])
  })

  const refusals: [reason: string, ours: typeof credentials | undefined, answers: string[], what: RegExp][] = [
    ['SOCKS4', undefined, ['\x00'], /does not speak SOCKS5/],
    ['a stranger is not taken', undefined, ['\x05\xff'], /upstreamCredentials has none/],
    ['an unknown method', credentials, ['\x05\x01'], /we do not know/],
    ['a wrong password', credentials, ['\x05\x02', '\x01\x01'], /does not take the user and password/],
    ['the ruleset', undefined, ['\x05\x00', '\x05\x02'], /refused: its rules do not allow it/],
    ['an unknown reply', undefined, ['\x05\x00', '\x05\x63'], /refused: reply 99/],
    ['an unknown kind of address', undefined, ['\x05\x00', '\x05\x00\x00\x02\x00'], /unknown kind/],
    ['going on before it is asked', undefined, [`\x05\x00${OPEN}`], /before it was asked/],
  ]
  for (const [reason, ours, answers, what] of refusals) {
    test(`refused, without a secret in the words: ${reason}`, () => {
      const { step } = converse(socks(ours), answers)
      assert.equal(step.kind, 'refused')
      if (step.kind === 'refused') {
        assert.match(step.what, what)
        assert.doesNotMatch(step.what, /hunter2|alice/)
      }
    })
  }
})

test('any bytes in any pieces: never a crash, and the pieces do not matter', () => {
  const answers = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('HTTP/1.1 200 OK\r\n\r\nrest', 'HTTP/1.1 403 No\r\n\r\n').map(latin1),
  )
  fc.assert(
    fc.property(answers, (answer) => {
      const whole = http().take(answer)
      const opening = http()
      let step: OpeningStep = { kind: 'more' }
      let at = 0
      while (at < answer.length && step.kind === 'more') step = opening.take(answer.subarray(at, ++at))
      assert.equal(step.kind, whole.kind)
      const byBytes = socks(credentials)
      for (const byte of answer) if (byBytes.take(Buffer.from([byte])).kind !== 'more') break
    }),
    { numRuns: 300 },
  )
})
