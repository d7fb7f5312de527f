/**
 * Generated messages for the differential check: valid ones of every shape, and mutated ones, where a small change
 * is made at the places where parsers have disagreed before.
 */

import { methods } from '../../src/http/methods.ts'
import type { Side } from './llhttp.ts'
import type { Random } from './random.ts'

const tokenCharacters = "abcXYZ019!#$%&'*+-.^_`|~"
const valueCharacters = 'abc XYZ\t019-_;,="/()<>@[]{}?:\\~\u0080\u00a0\u00ff'
const pathCharacters = 'abc019-._~!$&\'()*+,;=:@%/?|{}"<>\\^`[]'

/** Gives one to three valid messages in a row, as they stand on one connection. */
export function generateValid(random: Random, side: Side): string {
  let stream = ''
  for (let count = 1 + random.below(3); count > 0; count--) {
    stream += side === 'request' ? validRequest(random) : validResponse(random)
  }
  return stream
}

/** Gives valid messages after one to four small changes. */
export function generateMutated(random: Random, side: Side): string {
  let stream = generateValid(random, side)
  for (let count = 1 + random.below(4); count > 0; count--) stream = random.pick(mutations)(stream, random)
  return stream
}

function validRequest(random: Random): string {
  const method = random.once(3) ? random.pick(allMethods) : random.pick(['GET', 'POST', 'PUT', 'HEAD'])
  const target = requestTarget(random, method)
  const minor = random.once(8) ? 0 : 1
  const body = method === 'CONNECT' ? nothing : requestBody(random, minor)
  const emptyLine = random.once(12) ? '\r\n' : ''
  const lines = [...someFields(random), field(random, 'Host', 'a.example'), ...body.lines]
  if (random.once(10)) lines.push(field(random, 'Expect', '100-continue'))
  return `${emptyLine}${method} ${target} HTTP/1.${minor}\r\n${shuffle(lines, random).join('')}\r\n${body.bytes}`
}

function validResponse(random: Random): string {
  const minor = random.once(8) ? 0 : 1
  const status = random.pick([200, 200, 200, 404, 500, 206, 100, 103, 204, 304, 599])
  const reason = random.once(4) ? '' : ` ${random.pick(['OK', 'Not Found', '', ' ', 'caf\u00e9\t!'])}`
  const bodyless = status < 200 || status === 204 || status === 304
  const body = bodyless ? nothing : requestBody(random, minor)
  const lines = shuffle([...someFields(random), ...body.lines], random)
  return `HTTP/1.${minor} ${status}${reason}\r\n${lines.join('')}\r\n${body.bytes}`
}

interface Body {
  readonly lines: readonly string[]
  readonly bytes: string
}

const nothing: Body = { lines: [], bytes: '' }

function requestBody(random: Random, minor: number): Body {
  const kind = random.below(minor === 0 ? 2 : 3)
  if (kind === 0) return nothing
  if (kind === 2)
    return { lines: [field(random, 'Transfer-Encoding', mixCase('chunked', random))], bytes: chunks(random) }
  const bytes = random.text(valueCharacters, random.below(40))
  const zeros = random.once(10) ? '00' : ''
  return { lines: [field(random, 'Content-Length', `${zeros}${bytes.length}`)], bytes }
}

function chunks(random: Random): string {
  let bytes = ''
  for (let count = random.below(4); count > 0; count--) {
    const data = random.text(`${valueCharacters}\r\n0`, 1 + random.below(30))
    bytes += `${hex(data.length, random)}${extension(random)}\r\n${data}\r\n`
  }
  bytes += `${random.pick(['0', '0', '0', '000'])}${extension(random)}\r\n`
  if (random.once(4)) bytes += shuffle([...someFields(random, false), 'X-Sum: 1\r\n'], random).join('')
  return `${bytes}\r\n`
}

function hex(size: number, random: Random): string {
  const digits = size.toString(16)
  return `${random.once(8) ? '0' : ''}${random.once(2) ? digits : digits.toUpperCase()}`
}

function extension(random: Random): string {
  if (!random.once(6)) return ''
  return random.pick([';a', ';a=b', ';a="b c"', ';a;b=c', ';x="\\"";y', `;${random.text(tokenCharacters, 3)}=1`])
}

function someFields(random: Random, withConnection = true): string[] {
  const lines: string[] = []
  // Now and then more fields than llhttp tells in one go.
  for (let count = random.once(50) ? 40 : random.below(5); count > 0; count--) {
    const name = random.once(2) ? random.pick(usualNames) : random.text(tokenCharacters, 1 + random.below(12))
    if (specialNames.has(name.toLowerCase())) continue
    lines.push(field(random, name, random.text(valueCharacters, random.below(20)).trim()))
  }
  if (withConnection && random.once(5)) lines.push(field(random, 'Connection', random.pick(connectionValues)))
  if (withConnection && random.once(12))
    lines.push(field(random, 'Upgrade', random.pick(['websocket', 'h2c', 'a/1, b'])))
  return lines
}

function field(random: Random, name: string, value: string): string {
  const before = random.pick([' ', ' ', ' ', ' ', '', '  '])
  const after = random.pick(['', '', '', '', ' '])
  return `${mixCase(name, random)}:${before}${value}${after}\r\n`
}

function requestTarget(random: Random, method: string): string {
  const host = random.pick(['a.example', '127.0.0.1', '[::1]', 'A_b.example'])
  const port = random.pick(['', ':80', ':8443'])
  if (method === 'CONNECT') return `${host}${port || ':443'}`
  if (method === 'OPTIONS' && random.once(3)) return '*'
  const path = `/${random.text(pathCharacters, random.below(12))}`
  return random.once(3)
    ? path
    : `${random.pick(['http', 'https', 'HTTP'])}://${host}${port}${random.pick([path, '', '?q'])}`
}

function mixCase(text: string, random: Random): string {
  if (!random.once(4)) return text
  return random.once(2) ? text.toUpperCase() : text.toLowerCase()
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const left = [...items]
  const shuffled: T[] = []
  while (left.length > 0) shuffled.push(...left.splice(random.below(left.length), 1))
  return shuffled
}

const allMethods = [...methods.keys()]
const usualNames = ['Accept', 'Cookie', 'Via', 'X-A', '__proto__', 'constructor', 'TE', 'Keep-Alive', 'Content_Length']
const specialNames = new Set(['host', 'connection', 'upgrade', 'content-length', 'transfer-encoding', 'expect'])
const connectionValues = [
  'close',
  'keep-alive',
  'Keep-Alive',
  'upgrade',
  'close, x-a',
  'x-a , upgrade',
  ',close,',
  'host',
  'Close',
]

type Mutation = (stream: string, random: Random) => string

const oddCharacters = [
  '\r',
  '\n',
  '\0',
  '\t',
  ' ',
  '\v',
  '\f',
  ':',
  ';',
  ',',
  '0',
  '1',
  'a',
  '\u007f',
  '\u0080',
  '\u00a0',
  '"',
  '\u0001',
]

const oddLines = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked\t',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: ,chunked',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding:\u000bchunked',
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding: ',
  'Transfer-Encoding\r\n : chunked',
  ' Transfer-Encoding: chunked',
  'Transfer_Encoding: chunked',
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: +5',
  'Content-Length: 0x5',
  'Content-Length: 5, 5',
  'Content-Length: 5 5',
  'Content-Length: -1',
  'Content-Length: ',
  'Content-Length:\t5',
  'Content-Length : 5',
  'Content-Length: 18446744073709551621',
  'Host: b.example',
  'Host: a/b',
  'Host:',
  'Connection: close',
  'Connection: a b',
  'Proxy-Connection: close',
  'Upgrade: websocket\r\nConnection: upgrade',
  'Expect: 100-continue',
  'Expect: x',
  ': empty',
  'no colon',
  'Folded: a\r\n b',
  'A: b\rContent-Length: 5',
  'A: b\nContent-Length: 5',
  'A: b\0',
  '__proto__: x',
]

const replacements: readonly (readonly [string, readonly string[]])[] = [
  ['\r\n', ['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n', '\r\n ', '', '\r\n\t']],
  ['HTTP/1.1', ['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.1 ', 'HTTP/01.1', 'HTTP/1.10', 'HTTP/1.2']],
  [' ', ['  ', '\t', '', '\r\n', '\v']],
  [':', [' :', '\t:', '::', '', '\r\n:']],
  ['chunked', ['Chunked', 'chunked ', 'chunkedx', 'chunk', 'chunked\r', 'identity']],
  [
    '0\r\n',
    [
      '00\r\n',
      '0;a\r\n',
      '0 \r\n',
      '0\n',
      '-0\r\n',
      '0x0\r\n',
      '+0\r\n',
      '0;\r\n',
      '0;a\n\r\n',
      '0; a\r\n',
      '\r\n0\r\n',
    ],
  ],
  ['200', ['099', '600', '20', '2000', '204', '304', '101', '1xx']],
  ['GET', ['get', 'G ET', 'GETX', 'PRI', '\u0047\u0045\u0054\u0000']],
  ['/', ['#', '//', '\u0000', '/\u00e9', '@', '/#']],
]

const mutations: readonly Mutation[] = [
  (stream, random) => insert(stream, random.below(stream.length + 1), random.pick(oddCharacters)),
  (stream, random) => insert(stream, random.below(stream.length + 1), random.pick(oddCharacters)),
  (stream, random) => cut(stream, random.below(stream.length + 1), 1),
  (stream, random) => cut(stream, random.below(stream.length + 1), random.below(12)),
  (stream, random) => {
    const at = random.below(stream.length + 1)
    return insert(cut(stream, at, 1), at, random.pick(oddCharacters))
  },
  (stream, random) => {
    const at = random.below(stream.length + 1)
    return insert(stream, random.below(stream.length + 1), stream.slice(at, at + random.below(20)))
  },
  (stream, random) => stream.slice(0, random.below(stream.length + 1)),
  addLine,
  addLine,
  addLine,
  replaceOne,
  replaceOne,
  replaceOne,
  (stream, random) => `${stream}${random.pick(['\r\n', '\n', 'x', 'GET / HTTP/1.1\r\nHost: b\r\n\r\n', '\0'])}`,
  (stream, random) => `${random.pick(['\r\n', '\r\n\r\n', '\n', ' ', '\0', '\r'])}${stream}`,
]

function addLine(stream: string, random: Random): string {
  const ends = placesOf(stream, '\r\n')
  if (ends.length === 0) return stream
  return insert(stream, random.pick(ends) + 2, `${random.pick(oddLines)}\r\n`)
}

function replaceOne(stream: string, random: Random): string {
  const [wanted, others] = random.pick(replacements)
  const places = placesOf(stream, wanted)
  if (places.length === 0) return stream
  const at = random.pick(places)
  return insert(cut(stream, at, wanted.length), at, random.pick(others))
}

function placesOf(stream: string, wanted: string): number[] {
  const places: number[] = []
  for (let at = stream.indexOf(wanted); at >= 0; at = stream.indexOf(wanted, at + 1)) places.push(at)
  return places
}

function insert(stream: string, at: number, text: string): string {
  return stream.slice(0, at) + text + stream.slice(at)
}

function cut(stream: string, at: number, size: number): string {
  return stream.slice(0, at) + stream.slice(at + size)
}
