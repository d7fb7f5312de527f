import assert from 'node:assert/strict'
import { METHODS } from 'node:http'
import test from 'node:test'
import { methods } from '../../src/http/methods.ts'
import { parseRequestHead, type RequestHead } from '../../src/http/request-head.ts'
import { HttpSyntaxError, type SyntaxReason } from '../../src/http/syntax-error.ts'

/** Parses lines as a head; what stands before and after them in the buffer must not matter. */
function parse(lines: readonly string[]): RequestHead {
  const before = 'left over\r\n\r\n'
  const head = `${lines.join('\r\n')}\r\n\r\n`
  const bytes = Buffer.from(`${before}${head}stale: bytes\r\n\r\n`, 'latin1')
  return parseRequestHead(bytes, before.length, before.length + head.length)
}

interface Row {
  readonly why: string
  readonly lines: readonly string[]
  /** What the head says, of what it should say. */
  readonly says?: Partial<Omit<RequestHead, 'fields'> & { fields: readonly string[] }>
  readonly refused?: SyntaxReason
}

const get = 'GET / HTTP/1.1'
const host = 'Host: a.example'

const rows: readonly Row[] = [
  // Start line.
  { why: 'origin form', lines: ['GET /a?b HTTP/1.1', host], says: { method: 'GET', target: '/a?b', minor: 1 } },
  {
    why: 'absolute form',
    lines: ['GET http://b.example:81/x HTTP/1.1', host],
    says: { target: 'http://b.example:81/x' },
  },
  {
    why: 'absolute form without a path',
    lines: ['GET http://b.example HTTP/1.1', host],
    says: { target: 'http://b.example' },
  },
  { why: 'absolute form, IPv6', lines: ['GET http://[::1]:81/ HTTP/1.1', host], says: { target: 'http://[::1]:81/' } },
  { why: 'asterisk form', lines: ['OPTIONS * HTTP/1.1', host], says: { method: 'OPTIONS', target: '*' } },
  { why: 'asterisk form is for OPTIONS', lines: ['GET * HTTP/1.1', host], refused: 'bad-target' },
  { why: 'authority form', lines: ['CONNECT b.example:443 HTTP/1.1', host], says: { target: 'b.example:443' } },
  {
    why: 'authority form, IPv6',
    lines: ['CONNECT [2001:db8::1]:443 HTTP/1.1', host],
    says: { target: '[2001:db8::1]:443' },
  },
  { why: 'authority form is for CONNECT', lines: ['GET b.example:443 HTTP/1.1', host], refused: 'bad-target' },
  { why: 'CONNECT has no other form', lines: ['CONNECT http://b.example/ HTTP/1.1', host], refused: 'bad-target' },
  { why: 'CONNECT has no default port', lines: ['CONNECT b.example HTTP/1.1', host], refused: 'bad-target' },
  {
    why: 'bytes that RFC 3986 forbids but all send',
    lines: ['GET /a|b{c}"<>^`\\ HTTP/1.1', host],
    says: { target: '/a|b{c}"<>^`\\' },
  },
  { why: 'a percent sign is not judged', lines: ['GET /%00%zz HTTP/1.1', host], says: { target: '/%00%zz' } },
  { why: 'bytes past ASCII', lines: ['GET /\u00e9 HTTP/1.1', host], refused: 'bad-target' },
  { why: 'a fragment never belongs here', lines: ['GET /a#b HTTP/1.1', host], refused: 'fragment-in-target' },
  {
    why: 'user information hides the host',
    lines: ['GET http://u:p@b.example/ HTTP/1.1', host],
    refused: 'userinfo-in-target',
  },
  {
    why: 'an @ in the path is a letter like any',
    lines: ['GET http://b.example/@x HTTP/1.1', host],
    says: { target: 'http://b.example/@x' },
  },
  { why: 'an empty target', lines: ['GET  HTTP/1.1', host], refused: 'bad-request-line' },
  { why: 'HTTP/1.0', lines: ['GET / HTTP/1.0', host], says: { minor: 0 } },
  { why: 'HTTP/1.2 does not exist', lines: ['GET / HTTP/1.2', host], refused: 'bad-version' },
  { why: 'an unknown method', lines: ['FETCH / HTTP/1.1', host], refused: 'unknown-method' },
  { why: 'a method that is no token', lines: ['GE(\nT / HTTP/1.1', host], refused: 'bad-method' },
  { why: 'a NUL in the method', lines: ['GE\0T / HTTP/1.1', host], refused: 'nul-byte' },
  { why: 'more behind the version', lines: ['GET / HTTP/1.1x', host], refused: 'bad-version' },
  { why: 'an empty method', lines: [' / HTTP/1.1', host], refused: 'bad-method' },

  { why: 'LF ends the request line', lines: ['GET / HTTP/1.1\nA: b', 'Host: a.example'], refused: 'bare-lf' },
  { why: 'CR ends the request line', lines: ['GET / HTTP/1.1\rA: b', 'Host: a.example'], refused: 'bare-cr' },
  { why: 'a space ends the request line', lines: ['GET / HTTP/1.1 ', 'Host: a.example'], refused: 'bad-request-line' },

  { why: 'a NUL ends the request line', lines: ['GET / HTTP/1.1\0', 'Host: a.example'], refused: 'nul-byte' },
  { why: 'a CR starts the request line', lines: ['\rGET / HTTP/1.1', 'Host: a.example'], refused: 'bare-cr' },
  { why: 'a CR ends the target', lines: ['GET /\rA: b', 'Host: a.example'], refused: 'bare-cr' },
  {
    why: 'a scheme of any letters has the shape',
    lines: ['GET Az://b.example/ HTTP/1.1', host],
    says: { target: 'Az://b.example/' },
  },
  { why: 'an empty scheme', lines: ['GET ://b.example/ HTTP/1.1', host], refused: 'bad-target' },

  // Fields.
  {
    why: 'names and values as sent',
    lines: [get, host, 'X-a: \t b  c \t'],
    says: { fields: ['Host', 'a.example', 'X-a', 'b  c'] },
  },
  { why: 'an empty value', lines: [get, host, 'A:', 'B: '], says: { fields: ['Host', 'a.example', 'A', '', 'B', ''] } },
  {
    why: 'obs-text stays latin1',
    lines: [get, host, 'A: \u0080\u00ff'],
    says: { fields: ['Host', 'a.example', 'A', '\u0080\u00ff'] },
  },
  {
    why: 'a tab inside a value is text',
    lines: [get, host, 'A: b\tc'],
    says: { fields: ['Host', 'a.example', 'A', 'b\tc'] },
  },
  { why: 'DEL is no text', lines: [get, host, 'A: b\u007fc'], refused: 'control-character' },
  { why: 'a NUL', lines: [get, host, 'A: \0'], refused: 'nul-byte' },
  { why: 'a bare CR', lines: [get, host, 'A: b\rC: d'], refused: 'bare-cr' },
  { why: 'a bare LF', lines: [get, host, 'A: b\nC: d'], refused: 'bare-lf' },
  { why: 'folding', lines: [get, host, 'A: b', ' c'], refused: 'obs-fold' },
  { why: 'a space before the colon', lines: [get, host, 'A : b'], refused: 'space-before-colon' },
  { why: 'no colon', lines: [get, host, 'A'], refused: 'missing-colon' },
  { why: 'an empty name', lines: [get, host, ': b'], refused: 'bad-field-name' },
  { why: 'a name that is no token', lines: [get, host, 'A(b): c'], refused: 'bad-field-name' },
  {
    why: 'names of Object.prototype are names',
    lines: [get, host, '__proto__: x'],
    says: { fields: ['Host', 'a.example', '__proto__', 'x'] },
  },
  { why: '200 fields', lines: [get, host, ...Array(199).fill('A: b')], says: { keepAlive: true } },
  { why: '201 fields', lines: [get, host, ...Array(200).fill('A: b')], refused: 'too-many-fields' },

  // Host.
  { why: 'Host as sent', lines: [get, 'hOST: A.example:80'], says: { host: 'A.example:80' } },
  { why: 'an IPv6 Host', lines: [get, 'Host: [::1]:80'], says: { host: '[::1]:80' } },
  { why: 'a Host with the longest port', lines: [get, 'Host: a:49999'], says: { host: 'a:49999' } },
  { why: 'the shortest IPv6 Host', lines: [get, 'Host: [::]'], says: { host: '[::]' } },
  { why: 'half of the shortest', lines: [get, 'Host: [:]'], refused: 'bad-host' },
  { why: 'an IPv6 Host that does not end', lines: [get, 'Host: [::1x'], refused: 'bad-host' },
  { why: 'an empty Host is well-formed', lines: [get, 'Host:'], says: { host: '' } },
  { why: 'HTTP/1.1 without Host', lines: [get], refused: 'missing-host' },
  { why: 'HTTP/1.0 without Host', lines: ['GET / HTTP/1.0'], says: { host: undefined } },
  { why: 'two Hosts in HTTP/1.0', lines: ['GET / HTTP/1.0', host, host], refused: 'two-hosts' },
  { why: 'a Host with a path', lines: [get, 'Host: a/b'], refused: 'bad-host' },

  // Framing.
  { why: 'no body', lines: [get, host], says: { framing: { kind: 'none' } } },
  { why: 'a length', lines: [get, host, 'content-length: 42'], says: { framing: { kind: 'length', length: 42 } } },
  {
    why: 'a length of zero',
    lines: [get, host, 'Content-Length: 0'],
    says: { framing: { kind: 'length', length: 0 } },
  },
  {
    why: 'the largest length',
    lines: [get, host, 'Content-Length: 9007199254740991'],
    says: { framing: { kind: 'length', length: 9007199254740991 } },
  },
  {
    why: 'one more than the largest',
    lines: [get, host, 'Content-Length: 9007199254740992'],
    refused: 'bad-content-length',
  },
  { why: 'chunks', lines: [get, host, 'TRANSFER-ENCODING: CHUNKED'], says: { framing: { kind: 'chunked' } } },
  {
    why: 'chunks, which are no option of the connection',
    lines: [get, host, 'Transfer-Encoding: chunked'],
    says: { framing: { kind: 'chunked' }, connectionOptions: [], keepAlive: true },
  },
  { why: 'chunks in HTTP/1.0', lines: ['GET / HTTP/1.0', 'Transfer-Encoding: chunked'], refused: 'te-in-http10' },
  { why: 'both', lines: [get, host, 'Content-Length: 1', 'Transfer-Encoding: chunked'], refused: 'te-and-cl' },
  {
    why: 'both, with a length of zero',
    lines: [get, host, 'Content-Length: 0', 'Transfer-Encoding: chunked'],
    refused: 'te-and-cl',
  },
  {
    why: 'CONNECT with a length of zero',
    lines: ['CONNECT a:1 HTTP/1.1', host, 'Content-Length: 0'],
    says: { framing: { kind: 'none' } },
  },
  {
    why: 'CONNECT with a length',
    lines: ['CONNECT a:1 HTTP/1.1', host, 'Content-Length: 1'],
    refused: 'body-on-connect',
  },

  // The connection.
  { why: 'HTTP/1.1 stays', lines: [get, host], says: { keepAlive: true, connectionOptions: [] } },
  {
    why: 'close',
    lines: [get, host, 'Connection: x, Close'],
    says: { keepAlive: false, connectionOptions: ['x', 'close'] },
  },
  {
    why: 'two Connection fields',
    lines: [get, host, 'Connection: keep-alive', 'Connection: close'],
    says: { keepAlive: false, connectionOptions: ['keep-alive', 'close'] },
  },
  { why: 'empty elements', lines: [get, host, 'Connection: ,, a ,'], says: { connectionOptions: ['a'] } },
  { why: 'an option that is no token', lines: [get, host, 'Connection: "close"'], refused: 'bad-connection-option' },
  { why: 'tabs around options', lines: [get, host, 'Connection: a\t,\tb'], says: { connectionOptions: ['a', 'b'] } },
  {
    why: 'an option that only begins with none',
    lines: [get, host, 'Connection: (a'],
    refused: 'bad-connection-option',
  },
  {
    why: '200 options',
    lines: [get, host, `Connection: ${'a,'.repeat(200)}`],
    says: { connectionOptions: Array(200).fill('a') },
  },
  { why: '201 options', lines: [get, host, `Connection: ${'a,'.repeat(201)}`], refused: 'bad-connection-option' },
  {
    why: 'Proxy-Connection: close',
    lines: [get, host, 'Proxy-Connection: close'],
    says: { keepAlive: false, connectionOptions: [] },
  },
  {
    why: 'no HTTP/1.0 caller is kept',
    lines: ['GET / HTTP/1.0', 'Connection: keep-alive'],
    says: { keepAlive: false },
  },

  // Upgrade, Expect, Via.
  {
    why: 'an upgrade',
    lines: [get, host, 'Upgrade: websocket', 'Connection: Upgrade'],
    says: { upgrade: 'websocket' },
  },
  {
    why: 'an upgrade before what Proxy-Connection wishes',
    lines: [get, host, 'Upgrade: websocket', 'Connection: Upgrade', 'Proxy-Connection: keep-alive'],
    says: { upgrade: 'websocket', keepAlive: true },
  },
  {
    why: 'two Upgrade fields',
    lines: [get, host, 'Upgrade: a/1', 'Upgrade: b', 'Connection: Upgrade'],
    says: { upgrade: 'a/1, b' },
  },
  { why: 'Connection does not name it', lines: [get, host, 'Upgrade: websocket'], says: { upgrade: undefined } },
  {
    why: 'HTTP/1.0 has no upgrade',
    lines: ['GET / HTTP/1.0', 'Upgrade: x', 'Connection: upgrade'],
    says: { upgrade: undefined },
  },
  {
    why: 'an upgrade to no protocol',
    lines: [get, host, 'Upgrade: a b', 'Connection: upgrade'],
    refused: 'bad-upgrade',
  },
  { why: 'an upgrade to nothing', lines: [get, host, 'Upgrade: /1', 'Connection: upgrade'], refused: 'bad-upgrade' },
  {
    why: 'an upgrade with two versions',
    lines: [get, host, 'Upgrade: a/1/2', 'Connection: upgrade'],
    refused: 'bad-upgrade',
  },
  { why: 'Expect', lines: [get, host, 'Expect: 100-Continue'], says: { expectsContinue: true } },
  { why: 'no Expect', lines: [get, host], says: { expectsContinue: false } },
  {
    why: 'Expect in HTTP/1.0 is not heeded',
    lines: ['GET / HTTP/1.0', 'Expect: 100-continue'],
    says: { expectsContinue: false },
  },
  { why: 'another expectation', lines: [get, host, 'Expect: 100-continue, x'], refused: 'expectation' },
  { why: 'Via', lines: [get, host, 'vIA: 1.1 b'], says: { hasVia: true } },
  { why: 'no Via', lines: [get, host, 'X-Via: 1.1 b'], says: { hasVia: false } },
]

for (const { why, lines, says, refused } of rows) {
  const sample = JSON.stringify(lines.slice(0, 3)).replace(/[^ -~]/g, '?')
  test(`request head, ${why}: ${refused === undefined ? 'taken' : `refused as ${refused}`} ${sample}`, () => {
    if (refused !== undefined) {
      assertRefused(lines, refused)
      return
    }
    const head = parse(lines)
    for (const [key, value] of Object.entries(says ?? {}))
      assert.deepEqual(key === 'fields' ? head.fields.pairs : head[key as keyof RequestHead], value, key)
  })
}

test('the methods are those of node:http', () => {
  assert.deepEqual([...methods.keys()].sort(), METHODS)
})

test('a refused head names the rule in its message and quotes nothing of the head', () => {
  const thrown = assertRefused([get, host, 'Authorization: secret\0'], 'nul-byte')
  assert.ok(!thrown.message.includes('secret'))
  assert.ok(thrown.message.endsWith('.'))
})

function assertRefused(lines: readonly string[], reason: SyntaxReason): HttpSyntaxError {
  let thrown: unknown
  try {
    parse(lines)
  } catch (error) {
    thrown = error
  }
  assert.ok(thrown instanceof HttpSyntaxError, 'nothing was refused')
  assert.equal(thrown.reason, reason)
  return thrown
}
