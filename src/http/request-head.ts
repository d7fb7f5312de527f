/**
 * The head of a request, from its bytes. What leaves room for two readings is refused, never repaired
 * (RFC 9112; 9110 for the fields). Target, names and values stay as they were sent, as latin1 text.
 */

import { tokenBytes } from './byte-class.ts'
import * as kinds from './field-kind.ts'
import { type FieldLines, hasKind, readFieldLines } from './field-lines.ts'
import type { Fields } from './fields.ts'
import { type BodyFraming, chunked, lengthFraming, noBody } from './framing.ts'
import { methodAt } from './methods.ts'
import { targetEnd } from './request-target.ts'
import { refuse, refuseByte } from './syntax-error.ts'
import { announcedUpgrade } from './upgrade.ts'
import { parseVersion } from './version.ts'

/** What the head of a request says. */
export interface RequestHead {
  readonly method: string
  /** The request target, byte for byte. */
  readonly target: string
  readonly minor: 0 | 1
  /** Name, value, name, value, …: names as sent, values without the spaces around them. */
  readonly fields: Fields
  /** The field lines that end-to-end forwarding passes on; read it through forwardedRequestFields. */
  readonly passedOn: string
  /** The value of Host as sent; it may be empty. */
  readonly host: string | undefined
  readonly framing: BodyFraming
  /** Whether another request may follow. A proxy keeps no connection of an HTTP/1.0 caller (RFC 9112 section 9.3). */
  readonly keepAlive: boolean
  /** The options of Connection in lower case. */
  readonly connectionOptions: readonly string[]
  /** The value of Upgrade where Connection names it in HTTP/1.1. */
  readonly upgrade: string | undefined
  readonly expectsContinue: boolean
  readonly hasVia: boolean
}

const SPACE = 0x20
const CR = 0x0d
const LF = 0x0a

/** Parses the head at `start`…`end`, `end` as findHeadEnd gave it; throws HttpSyntaxError. */
export function parseRequestHead(bytes: Buffer, start: number, end: number): RequestHead {
  const text = bytes.toString('latin1', start, end)
  const methodEnd = findMethodEnd(bytes, start)
  const method = methodAt(bytes, start, methodEnd) ?? refuse('unknown-method')
  const targetStart = methodEnd + 1
  const spaceAt = targetEnd(bytes, targetStart, method)
  const minor = parseVersion(bytes, spaceAt + 1)
  const lineEnd = spaceAt + 9
  if (bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) refuseLineEnd(bytes[lineEnd], bytes[lineEnd + 1])

  const lines = readFieldLines(bytes, text, start, lineEnd + 2, end)
  if (lines.host === undefined && minor === 1) refuse('missing-host')
  if (hasKind(lines, kinds.OTHER_EXPECTATION)) refuse('expectation')
  const options = lines.connectionOptions
  return {
    method,
    target: text.slice(targetStart - start, spaceAt - start),
    minor,
    fields: lines.fields,
    passedOn: lines.passedOn,
    host: lines.host,
    framing: requestFraming(lines, method, minor),
    keepAlive: minor === 1 && !options.includes('close') && !lines.proxyConnectionCloses,
    connectionOptions: options,
    upgrade: announcedUpgrade(lines, minor),
    expectsContinue: minor === 1 && hasKind(lines, kinds.EXPECT),
    hasVia: hasKind(lines, kinds.VIA),
  }
}

function findMethodEnd(bytes: Buffer, start: number): number {
  let at = start
  while (tokenBytes[bytes[at] as number] === 1) at++
  const byte = bytes[at]
  if (byte === SPACE && at > start) return at
  if (byte === CR && bytes[at + 1] === LF) refuse(at === start ? 'empty-line' : 'bad-request-line')
  if (byte === CR || byte === LF || byte === 0) refuseByte(byte, bytes[at + 1])
  refuse('bad-method')
}

function refuseLineEnd(byte: number | undefined, next: number | undefined): never {
  if (byte === LF || byte === CR || byte === 0) refuseByte(byte, next)
  refuse(byte === SPACE ? 'bad-request-line' : 'bad-version')
}

function requestFraming(lines: FieldLines, method: string, minor: 0 | 1): BodyFraming {
  const { contentLength } = lines
  if (hasKind(lines, kinds.TRANSFER_ENCODING)) {
    if (contentLength >= 0) refuse('te-and-cl')
    if (minor === 0) refuse('te-in-http10')
    if (method === 'CONNECT') refuse('body-on-connect')
    return chunked
  }
  if (contentLength < 0) return noBody
  if (method !== 'CONNECT') return lengthFraming(contentLength)
  // CONNECT has no body; a length of zero says so too, anything else would be read as the first bytes of the tunnel.
  return contentLength === 0 ? noBody : refuse('body-on-connect')
}
