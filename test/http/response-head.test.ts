import assert from 'node:assert/strict'
import test from 'node:test'
import { parseResponseHead, type ResponseHead } from '../../src/http/response-head.ts'
import { HttpSyntaxError, type SyntaxReason } from '../../src/http/syntax-error.ts'

interface Row {
  readonly why: string
  readonly lines: readonly string[]
  readonly asked?: string
  readonly says?: Partial<Omit<ResponseHead, 'fields'> & { fields: readonly string[] }>
  readonly refused?: SyntaxReason
}

const ok = 'HTTP/1.1 200 OK'
const inChunks = 'Transfer-Encoding: chunked'
const none = { kind: 'none' } as const
const untilClose = { kind: 'until-close' } as const

const rows: readonly Row[] = [
  { why: 'status and reason', lines: [ok], says: { status: 200, reason: 'OK', minor: 1, informational: false } },
  { why: 'an empty reason', lines: ['HTTP/1.1 200 '], says: { status: 200, reason: '' } },
  { why: 'no reason and no space', lines: ['HTTP/1.1 200'], says: { status: 200, reason: '' } },
  { why: 'a reason past ASCII', lines: ['HTTP/1.1 599 caf\u00e9'], says: { status: 599, reason: 'caf\u00e9' } },
  { why: 'a reason without its space', lines: ['HTTP/1.1 200OK'], refused: 'bad-status' },
  { why: 'a status of 600', lines: ['HTTP/1.1 600 X'], refused: 'bad-status' },
  { why: 'a status of four digits', lines: ['HTTP/1.1 2000 X'], refused: 'bad-status' },
  { why: 'no status', lines: ['HTTP/1.1'], refused: 'bad-status-line' },
  { why: 'another version', lines: ['HTTP/2.0 200 OK'], refused: 'bad-version' },
  { why: 'a control character in the reason', lines: ['HTTP/1.1 200 \u0001'], refused: 'control-character' },

  {
    why: 'a length',
    lines: [ok, 'Content-Length: 5'],
    says: { framing: { kind: 'length', length: 5 }, keepAlive: true },
  },
  {
    why: 'a length of zero',
    lines: [ok, 'Content-Length: 0'],
    says: { framing: { kind: 'length', length: 0 }, keepAlive: true },
  },
  { why: 'chunks', lines: [ok, inChunks], says: { framing: { kind: 'chunked' }, keepAlive: true } },
  { why: 'neither', lines: [ok], says: { framing: untilClose, keepAlive: false } },
  { why: 'both', lines: [ok, inChunks, 'Content-Length: 5'], refused: 'te-and-cl' },
  { why: 'two lengths', lines: [ok, 'Content-Length: 5', 'Content-Length: 5'], refused: 'two-content-lengths' },
  { why: 'another coding', lines: [ok, 'Transfer-Encoding: gzip'], refused: 'bad-transfer-encoding' },
  { why: 'chunks in HTTP/1.0', lines: ['HTTP/1.0 200 OK', inChunks], refused: 'te-in-http10' },

  {
    why: 'HEAD, with the length of GET',
    lines: [ok, 'Content-Length: 5'],
    asked: 'HEAD',
    says: { framing: none, declaredLength: 5, keepAlive: true },
  },
  {
    why: 'HEAD, chunked',
    lines: [ok, inChunks],
    asked: 'HEAD',
    says: { framing: none, declaredLength: undefined, keepAlive: true },
  },
  {
    why: 'HEAD, neither',
    lines: [ok],
    asked: 'HEAD',
    says: { framing: none, declaredLength: undefined, keepAlive: true },
  },
  { why: 'HEAD, both', lines: [ok, inChunks, 'Content-Length: 5'], asked: 'HEAD', refused: 'te-and-cl' },
  {
    why: 'GET declares nothing beside its body',
    lines: [ok, 'Content-Length: 5'],
    says: { declaredLength: undefined },
  },
  {
    why: '304 with a length',
    lines: ['HTTP/1.1 304 X', 'Content-Length: 5'],
    says: { framing: none, declaredLength: 5, keepAlive: true },
  },
  { why: '204', lines: ['HTTP/1.1 204 X'], says: { framing: none, keepAlive: true } },
  {
    why: '204 with a length of zero',
    lines: ['HTTP/1.1 204 X', 'Content-Length: 0'],
    says: { framing: none, declaredLength: undefined },
  },
  { why: '204 with a length', lines: ['HTTP/1.1 204 X', 'Content-Length: 5'], refused: 'body-on-bodyless-status' },
  { why: '204 in chunks', lines: ['HTTP/1.1 204 X', inChunks], refused: 'body-on-bodyless-status' },
  {
    why: '204 to HEAD with a length',
    lines: ['HTTP/1.1 204 X', 'Content-Length: 5'],
    asked: 'HEAD',
    refused: 'body-on-bodyless-status',
  },
  { why: '100', lines: ['HTTP/1.1 100 Continue'], says: { framing: none, informational: true, keepAlive: true } },
  {
    why: '103 to HEAD',
    lines: ['HTTP/1.1 103 Early Hints', 'Link: x'],
    asked: 'HEAD',
    says: { framing: none, informational: true },
  },
  {
    why: '100 with a length',
    lines: ['HTTP/1.1 100 Continue', 'Content-Length: 5'],
    refused: 'body-on-bodyless-status',
  },
  {
    why: '101',
    lines: ['HTTP/1.1 101 X', 'Upgrade: websocket', 'Connection: Upgrade'],
    says: { framing: none, informational: false, upgrade: 'websocket' },
  },
  {
    why: '101 that Connection does not name',
    lines: ['HTTP/1.1 101 X', 'Upgrade: websocket'],
    says: { upgrade: undefined },
  },
  {
    why: 'CONNECT, 200 has no body whatever it says',
    lines: [ok, 'Content-Length: 5'],
    asked: 'CONNECT',
    says: { framing: none, declaredLength: undefined },
  },
  {
    why: 'CONNECT, 403 has one',
    lines: ['HTTP/1.1 403 X', 'Content-Length: 5'],
    asked: 'CONNECT',
    says: { framing: { kind: 'length', length: 5 } },
  },

  {
    why: 'CONNECT, 300 has one',
    lines: ['HTTP/1.1 300 X', 'Content-Length: 5'],
    asked: 'CONNECT',
    says: { framing: { kind: 'length', length: 5 } },
  },
  {
    why: 'HEAD, with a length of zero',
    lines: [ok, 'Content-Length: 0'],
    asked: 'HEAD',
    says: { framing: none, declaredLength: 0 },
  },
  {
    why: '204 to HEAD declares nothing',
    lines: ['HTTP/1.1 204 X', 'Content-Length: 0'],
    asked: 'HEAD',
    says: { declaredLength: undefined },
  },
  { why: 'both, with a length of zero', lines: [ok, inChunks, 'Content-Length: 0'], refused: 'te-and-cl' },

  { why: 'close', lines: [ok, 'Content-Length: 0', 'Connection: close'], says: { keepAlive: false } },
  {
    why: 'Proxy-Connection: close',
    lines: [ok, 'Content-Length: 0', 'Proxy-Connection: close'],
    says: { keepAlive: false },
  },
  { why: 'HTTP/1.0 closes', lines: ['HTTP/1.0 200 OK', 'Content-Length: 0'], says: { minor: 0, keepAlive: false } },
  {
    why: 'HTTP/1.0 that stays',
    lines: ['HTTP/1.0 200 OK', 'Content-Length: 0', 'Connection: keep-alive'],
    says: { keepAlive: true },
  },
  {
    why: 'HTTP/1.0 that cannot stay',
    lines: ['HTTP/1.0 200 OK', 'Connection: keep-alive'],
    says: { framing: untilClose, keepAlive: false },
  },
  {
    why: 'HTTP/1.0, keep-alive and close',
    lines: ['HTTP/1.0 200 OK', 'Content-Length: 0', 'Connection: keep-alive, close'],
    says: { keepAlive: false },
  },
  { why: 'folding', lines: [ok, 'A: b', '\tc'], refused: 'obs-fold' },
  { why: 'Via', lines: [ok, 'Via: 1.1 b'], says: { hasVia: true, fields: ['Via', '1.1 b'] } },
]

for (const { why, lines, asked, says, refused } of rows) {
  test(`response head, ${why}: ${refused === undefined ? 'taken' : `refused as ${refused}`}`, () => {
    const bytes = Buffer.from(`rest${lines.join('\r\n')}\r\n\r\nnext`, 'latin1')
    const parse = () => parseResponseHead(bytes, 4, bytes.length - 4, asked ?? 'GET')
    if (refused === undefined) {
      const head = parse()
      for (const [key, value] of Object.entries(says ?? {}))
        assert.deepEqual(key === 'fields' ? head.fields.pairs : head[key as keyof ResponseHead], value, key)
    } else assert.throws(parse, (error) => error instanceof HttpSyntaxError && error.reason === refused)
  })
}
