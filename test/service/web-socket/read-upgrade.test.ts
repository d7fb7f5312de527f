/** The request that a WebSocket begins with: what is taken, and what is refused with which status. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readUpgrade } from '../../../src/service/web-socket/read-upgrade.ts'
import type { ServiceWebSocket } from '../../../src/settings/service.ts'

const wish: ServiceWebSocket = {
  path: '/tcp',
  origins: ['https://app.test'],
  protocols: [],
  messageBytes: 1024,
  pingMs: 1000,
}
const head = (line = 'GET /tcp HTTP/1.1', ...more: string[]) =>
  [line, 'Host: s.test', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', ...more, '', ''].join(
    '\r\n',
  )
const read = (text: string, other: Partial<ServiceWebSocket> = {}) =>
  readUpgrade(Buffer.from(text, 'latin1'), { ...wish, ...other })

const taken: [reason: string, text: string, other?: Partial<ServiceWebSocket>][] = [
  ['a program, which sends no origin', head()],
  ['a page of an origin that is listed', head(undefined, 'Origin: https://app.test')],
  ['any page, where any may', head(undefined, 'Origin: https://evil.test'), { origins: 'any' }],
  [
    'a protocol that is listed, among others',
    head(undefined, 'Sec-WebSocket-Protocol: x, mail'),
    { protocols: ['mail'] },
  ],
]
for (const [reason, text, other] of taken) {
  test(`taken: ${reason}`, () => {
    const result = read(`${text}frames`, other)
    assert.equal(result.kind, 'upgrade')
    assert.equal(result.kind === 'upgrade' && result.length, text.length)
    assert.equal(read(text.slice(0, -1), other).kind, 'more')
  })
}

const refused: [reason: string, text: string, status: number, other?: Partial<ServiceWebSocket>][] = [
  ['a page of another origin', head(undefined, 'Origin: https://evil.test'), 403],
  ['an origin that only begins like one', head(undefined, 'Origin: https://app.test.evil.test'), 403],
  ['the origin null', head(undefined, 'Origin: null'), 403],
  ['two origins', head(undefined, 'Origin: https://app.test', 'Origin: https://evil.test'), 400],
  ['another path', head('GET /other HTTP/1.1'), 404],
  ['a path with something behind it', head('GET /tcp?x HTTP/1.1'), 404],
  ['another method', head('POST /tcp HTTP/1.1'), 405],
  ['no upgrade', 'GET /tcp HTTP/1.1\r\nHost: s.test\r\n\r\n', 426],
  ['another upgrade', head().replace('websocket', 'h2c'), 426],
  ['HTTP/1.0', head('GET /tcp HTTP/1.0'), 426],
  ['no protocol where one is asked for', head(), 400, { protocols: ['mail'] }],
  ['no host', 'GET /tcp HTTP/1.1\r\n\r\n', 400],
  ['what is not HTTP', '\x16\x03\x01\x00', 400],
  ['a head without end', `GET /tcp HTTP/1.1\r\nHost: s.test\r\nx: ${'x'.repeat(17_000)}`, 431],
]
for (const [reason, text, status, other] of refused) {
  test(`refused with ${status}: ${reason}`, () => {
    const result = read(text, other)
    assert.equal(result.kind, 'bad')
    assert.equal(result.kind === 'bad' && result.status, status)
  })
}

test('any bytes: never a crash, and never an upgrade beyond them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
      const result = readUpgrade(Buffer.from(random), wish)
      assert.notEqual(result.kind, 'upgrade')
    }),
  )
})
