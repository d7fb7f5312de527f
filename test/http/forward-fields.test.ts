import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { forwardedRequestFields, forwardedResponseFields, viaChain } from '../../src/http/forward-fields.ts'
import { parseRequestHead, type RequestHead } from '../../src/http/request-head.ts'
import { parseResponseHead, type ResponseHead } from '../../src/http/response-head.ts'
import { hasViaPseudonym } from '../../src/http/via.ts'

interface Row {
  readonly why: string
  readonly sent: readonly string[]
  readonly passed: readonly string[]
}

const rows: readonly Row[] = [
  { why: 'end-to-end fields pass in their order', sent: ['B: 2', 'A: 1', 'B: 3'], passed: ['B: 2', 'A: 1', 'B: 3'] },
  { why: 'the case of a name is kept', sent: ['uSeR-aGeNt: x'], passed: ['uSeR-aGeNt: x'] },
  {
    why: 'odd spaces are written as one',
    sent: ['A:1', 'B:   2', 'C: 3', 'D: 4 \t'],
    passed: ['A: 1', 'B: 2', 'C: 3', 'D: 4'],
  },
  { why: 'an empty value stays a field', sent: ['A:', 'B: '], passed: ['A: ', 'B: '] },
  { why: 'obs-text passes', sent: ['A: \u0080\u00ff'], passed: ['A: \u0080\u00ff'] },
  {
    why: 'fields of the connection stay here',
    sent: [
      'Connection: x',
      'Proxy-Connection: a',
      'Keep-Alive: b',
      'TE: trailers',
      'Upgrade: d',
      'A: 1',
      'HTTP2-Settings: e',
    ],
    passed: ['A: 1'],
  },
  {
    why: 'credentials for proxies stay here',
    sent: ['Proxy-Authorization: a', 'A: 1', 'Proxy-Authenticate: b', 'Proxy-Authentication-Info: c'],
    passed: ['A: 1'],
  },
  { why: 'the proxy writes the framing', sent: ['A: 1', 'Content-Length: 5', 'B: 2'], passed: ['A: 1', 'B: 2'] },
  { why: 'the proxy writes Via', sent: ['Via: 1.1 b', 'A: 1'], passed: ['A: 1'] },
  {
    why: 'Trailer and Expect pass',
    sent: ['Trailer: X', 'Expect: 100-continue'],
    passed: ['Trailer: X', 'Expect: 100-continue'],
  },
  {
    why: 'underscores do not disguise what stays here',
    sent: ['Content_Length: 5', 'Transfer_Encoding: chunked', 'proxy_authorization: a', 'X_Y: 1'],
    passed: ['X_Y: 1'],
  },
  {
    why: 'a name that is nearly one of those passes',
    sent: ['ContentXLength: 5', '_e: a', 'V_a: b', 'Keep.Alive: c'],
    passed: ['ContentXLength: 5', '_e: a', 'V_a: b', 'Keep.Alive: c'],
  },
  { why: 'what Connection names stays here', sent: ['X-Hop: 1', 'A: 1', 'Connection: x-hop, close'], passed: ['A: 1'] },
  {
    why: 'what Connection names stays here in its other spelling too',
    sent: ['X_Hop: 1', 'A: 1', 'Y-Hop: 2', 'Connection: x-hop, y_hop'],
    passed: ['A: 1'],
  },
  {
    why: 'another spelling does not strip what is meant for everybody',
    sent: ['Content-Type: a/b', 'Connection: content_type'],
    passed: ['Content-Type: a/b'],
  },
  {
    why: 'two Connection fields name together',
    sent: ['Connection: b', 'A: 1', 'B: 2', 'C: 3', 'Connection: c'],
    passed: ['A: 1'],
  },
  {
    why: 'Connection cannot strip what is meant for everybody',
    sent: [
      'Connection: authorization, cookie, cache-control, x-forwarded-for, content-type, accept, if-match, user-agent, x-b',
      'Authorization: a',
      'Cookie: b',
      'Cache-Control: c',
      'X-Forwarded-For: d',
      'Content-Type: e',
      'Accept: f',
      'If-Match: g',
      'User-Agent: h',
      'X-B: i',
    ],
    passed: [
      'Authorization: a',
      'Cookie: b',
      'Cache-Control: c',
      'X-Forwarded-For: d',
      'Content-Type: e',
      'Accept: f',
      'If-Match: g',
      'User-Agent: h',
    ],
  },
  {
    why: 'nor what is by its beginning',
    sent: [
      'Connection: access-control-allow-origin, sec-fetch-site, x-content-type-options, x-frame-options, x-c',
      'Access-Control-Allow-Origin: a',
      'Sec-Fetch-Site: b',
      'X-Content-Type-Options: c',
      'X-Frame-Options: d',
      'X-C: e',
    ],
    passed: ['Access-Control-Allow-Origin: a', 'Sec-Fetch-Site: b', 'X-Content-Type-Options: c', 'X-Frame-Options: d'],
  },
  { why: 'Connection may name itself', sent: ['Connection: Connection, connection', 'A: 1'], passed: ['A: 1'] },
  {
    why: 'names of Object.prototype are names',
    sent: ['__proto__: a', 'constructor: b', 'Connection: toString'],
    passed: ['__proto__: a', 'constructor: b'],
  },
]

for (const { why, sent, passed } of rows) {
  test(`passing on: ${why}`, () => {
    const expected = passed.map((line) => `${line}\r\n`).join('')
    assert.equal(forwardedRequestFields(requestHead(sent)), expected)
    assert.equal(forwardedResponseFields(responseHead(sent)), expected)
  })
}

test('Host is the proxy’s to write, in requests and in answers', () => {
  assert.equal(forwardedRequestFields(requestHead(['A: 1'])), 'A: 1\r\n')
  assert.equal(forwardedResponseFields(responseHead(['Host: x', 'A: 1'])), 'A: 1\r\n')
})

test('Connection cannot strip Host, Via or the framing', () => {
  const head = requestHead([
    'Connection: host, via, content-length, connection, close',
    'Via: 1.0 b',
    'Content-Length: 5',
  ])
  assert.equal(head.host, 'a.example')
  assert.equal(viaChain(head), '1.0 b')
  assert.deepEqual(head.framing, { kind: 'length', length: 5 })
})

test('a forwarder may drop more, in any case of letters', () => {
  const head = requestHead(['Expect: 100-continue', 'A: 1', 'X-B: 2'])
  assert.equal(forwardedRequestFields(head, { drop: ['expect', 'x-b'] }), 'A: 1\r\n')
  assert.equal(forwardedRequestFields(head), 'Expect: 100-continue\r\nA: 1\r\nX-B: 2\r\n')
})

test('the answer to HEAD and a 304 keep the length that they declare, no other answer does', () => {
  assert.equal(
    forwardedResponseFields(responseHead(['Content-Length: 5', 'A: 1'], 'HEAD')),
    'A: 1\r\nContent-Length: 5\r\n',
  )
  assert.equal(forwardedResponseFields(responseHead(['Content-Length: 5', 'A: 1'])), 'A: 1\r\n')
  assert.equal(forwardedResponseFields(responseHead(['Content-Length: 5'], 'GET', 304)), 'Content-Length: 5\r\n')
})

test('the quick way and the careful way write the same', () => {
  const name = fc.constantFrom('A', 'x-b', 'Cookie', 'TE', 'Via', 'Upgrade', 'Content_Length', 'Keep-Alive', 'Accept')
  const line = fc.tuple(name, fc.constantFrom(':', ': ', ':  ', ':\t'), fc.constantFrom('', '1', 'b c', 'd '))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const head = requestHead(lines.map((parts) => parts.join('')))
      assert.equal(forwardedRequestFields(head), forwardedRequestFields(head, { drop: [] }))
    }),
  )
})

const viaRows: readonly (readonly [string, readonly string[], string, boolean])[] = [
  ['no Via', [], 'vedette-1', false],
  ['our name', ['1.1 vedette-1'], 'vedette-1', true],
  ['our name in another case, with a protocol', ['HTTP/1.1 Vedette-1'], 'vedette-1', true],
  ['our name with a comment', ['1.0 a, 1.1 vedette-1 (x)'], 'vedette-1', true],
  ['our name in a second field', ['1.0 a', '1.1 vedette-1'], 'vedette-1', true],
  ['a longer name', ['1.1 vedette-10'], 'vedette-1', false],
  ['our name as a protocol', ['vedette-1 a'], 'vedette-1', false],
  ['our name as a comment', ['1.1 a (vedette-1)'], 'vedette-1', false],
  ['odd spaces', ['  1.1\t\tvedette-1  '], 'vedette-1', true],
  ['an empty Via', ['', ','], 'vedette-1', false],
]

for (const [why, values, pseudonym, expected] of viaRows) {
  test(`Via, ${why}: ${expected ? 'we have been here' : 'not ours'}`, () => {
    assert.equal(hasViaPseudonym(requestHead(values.map((value) => `Via: ${value}`)), pseudonym), expected)
  })
}

test('Via fields are combined in their order', () => {
  assert.equal(viaChain(requestHead(['Via: 1.0 a', 'X: y', 'VIA: 1.1 b, 1.1 c'])), '1.0 a, 1.1 b, 1.1 c')
  assert.equal(viaChain(requestHead(['X: y'])), '')
  assert.equal(viaChain(requestHead(['Via: 1.0 a', 'Via:'])), '1.0 a', 'an empty one adds nothing')
  assert.equal(viaChain(requestHead(['Via: 1.0 a', 'X: via', 'Y: z'])), '1.0 a', 'a value is no name')
})

/** A head rarely begins where its buffer does, and nothing in front of it may be passed on. */
const before = 'Left: over\r\n'

function requestHead(lines: readonly string[]): RequestHead {
  const bytes = Buffer.from([before, 'GET / HTTP/1.1', 'Host: a.example', ...lines, '', ''].join('\r\n'), 'latin1')
  return parseRequestHead(bytes, before.length + 2, bytes.length)
}

function responseHead(lines: readonly string[], requestMethod = 'GET', status = 200): ResponseHead {
  const bytes = Buffer.from([before, `HTTP/1.1 ${status} X`, ...lines, '', ''].join('\r\n'), 'latin1')
  return parseResponseHead(bytes, before.length + 2, bytes.length, requestMethod)
}
