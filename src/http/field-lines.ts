/**
 * The field lines of a head or a trailer section, read in one pass over the bytes: names and values, what
 * the fields that matter here say, and the text that a forwarder passes on. Strict: a line is
 * `token ":" OWS value OWS CRLF` and nothing else.
 */

import { tokenBytes, valueBytes } from './byte-class.ts'
import { noOptions, parseConnectionOptions } from './connection-options.ts'
import * as kinds from './field-kind.ts'
import { fieldKind, isPassedOn } from './field-kind.ts'
import { Fields } from './fields.ts'
import { parseContentLength } from './framing.ts'
import { hostEnd } from './request-target.ts'
import { refuse, refuseByte } from './syntax-error.ts'

const HTAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const COLON = 0x3a

/** More fields than this are refused: no honest message has half as many. */
export const fieldCountMax = 200

/** What one section of field lines says. */
export interface FieldLines {
  readonly fields: Fields
  /** The lines to pass on, as `Name: value` CRLF each; what Connection names is still among them. */
  passedOn: string
  /** One bit per kind of field that occurs. */
  seen: number
  host: string | undefined
  /** -1 where there is no Content-Length. */
  contentLength: number
  connectionOptions: readonly string[]
  upgrade: string
  /** Proxy-Connection: close is heeded as a wish to close, for safety; Proxy-Connection promises nothing else. */
  proxyConnectionCloses: boolean
}

/** Tells whether a field of this kind occurs. */
export function hasKind(lines: FieldLines, kind: number): boolean {
  return (lines.seen & (1 << kind)) !== 0
}

/**
 * Reads the field lines from `at` to the empty line that ends at `end`. `text` is the latin1 text of the bytes
 * from `start` on. The bytes before `end` must be CRLFCRLF, or CRLF when there are no lines: every inner
 * loop stops at a CR for that reason and needs no bounds check.
 */
export function readFieldLines(bytes: Buffer, text: string, start: number, at: number, end: number): FieldLines {
  const lines: FieldLines = {
    fields: new Fields(text, at - start, end - 2 - start),
    passedOn: '',
    seen: 0,
    host: undefined,
    contentLength: -1,
    connectionOptions: noOptions,
    upgrade: '',
    proxyConnectionCloses: false,
  }
  let count = 0
  const stop = end - 2
  // Neighbouring lines that are passed on as they are become one slice of the text: from `run` to where it breaks.
  let run = -1
  while (at < stop) {
    const lineStart = at
    while (tokenBytes[bytes[at] as number] === 1) at++
    const colon = at
    if (bytes[colon] !== COLON || colon === lineStart) refuseName(bytes, lineStart, colon)
    at++
    while (bytes[at] === SPACE || bytes[at] === HTAB) at++
    const valueStart = at
    while (valueBytes[bytes[at] as number] === 1) at++
    if (bytes[at] !== CR || bytes[at + 1] !== LF) refuseByte(bytes[at], bytes[at + 1])
    let valueEnd = at
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SPACE || bytes[valueEnd - 1] === HTAB)) valueEnd--

    count += 1
    if (count > fieldCountMax) refuse('too-many-fields')
    const kind = fieldKind(bytes, lineStart, colon)
    if (kind > kinds.HOP_BY_HOP) {
      note(lines, kind, text.slice(valueStart - start, valueEnd - start))
      if (kind === kinds.HOST && hostEnd(bytes, valueStart, valueEnd) < 0) refuse('bad-host')
      if (kind === kinds.CONTENT_LENGTH || kind === kinds.TRANSFER_ENCODING) refuseTabs(bytes, colon, at, kind)
    }

    const passesOn = isPassedOn(kind)
    if (passesOn && valueStart === colon + 2 && bytes[colon + 1] === SPACE && valueEnd === at) {
      if (run < 0) run = lineStart
    } else {
      if (run >= 0) lines.passedOn += text.slice(run - start, lineStart - start)
      run = -1
      if (passesOn) {
        const name = text.slice(lineStart - start, colon - start)
        lines.passedOn += `${name}: ${text.slice(valueStart - start, valueEnd - start)}\r\n`
      }
    }
    at += 2
  }
  if (run >= 0) lines.passedOn += text.slice(run - start, stop - start)
  return lines
}

function note(lines: FieldLines, kind: number, value: string): void {
  const again = hasKind(lines, kind)
  lines.seen |= 1 << kind
  switch (kind) {
    case kinds.HOST:
      if (again) refuse('two-hosts')
      lines.host = value
      return
    case kinds.CONTENT_LENGTH:
      if (again) refuse('two-content-lengths')
      lines.contentLength = parseContentLength(value)
      return
    case kinds.TRANSFER_ENCODING:
      if (again) refuse('two-transfer-encodings')
      if (value !== 'chunked' && value.toLowerCase() !== 'chunked') refuse('bad-transfer-encoding')
      return
    case kinds.CONNECTION:
      lines.connectionOptions = parseConnectionOptions(value, lines.connectionOptions)
      return
    case kinds.PROXY_CONNECTION:
      if (parseConnectionOptions(value, noOptions).includes('close')) lines.proxyConnectionCloses = true
      return
    case kinds.UPGRADE:
      lines.upgrade = again ? `${lines.upgrade}, ${value}` : value
      return
    case kinds.EXPECT:
      if (again || value.toLowerCase() !== '100-continue') lines.seen |= 1 << kinds.OTHER_EXPECTATION
  }
}

/** A tab beside a framing value is read differently by different parsers, and nobody sends one in good faith. */
function refuseTabs(bytes: Buffer, from: number, to: number, kind: number): void {
  for (let at = from; at < to; at++) {
    if (bytes[at] === HTAB) refuse(kind === kinds.CONTENT_LENGTH ? 'bad-content-length' : 'bad-transfer-encoding')
  }
}

function refuseName(bytes: Buffer, lineStart: number, at: number): never {
  const byte = bytes[at]
  if (byte === SPACE || byte === HTAB) refuse(at === lineStart ? 'obs-fold' : 'space-before-colon')
  if (byte === LF || (byte === CR && bytes[at + 1] !== LF) || byte === 0) refuseByte(byte, bytes[at + 1])
  refuse(byte === CR ? 'missing-colon' : 'bad-field-name')
}
