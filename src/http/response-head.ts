/**
 * The head of a response, from its bytes, and where its body ends: that depends on the method of the request too
 * (RFC 9112 section 6.3). As strict as for requests: a backend whose framing has two readings is not used.
 */

import { valueBytes } from './byte-class.ts'
import * as kinds from './field-kind.ts'
import { type FieldLines, hasKind, readFieldLines } from './field-lines.ts'
import type { Fields } from './fields.ts'
import { type BodyFraming, chunked, lengthFraming, noBody, untilClose } from './framing.ts'
import { refuse, refuseByte } from './syntax-error.ts'
import { announcedUpgrade } from './upgrade.ts'
import { parseVersion } from './version.ts'

/** What the head of a response says. */
export interface ResponseHead {
  readonly minor: 0 | 1
  readonly status: number
  /** The reason phrase; it may be empty. */
  readonly reason: string
  /** Name, value, name, value, …: names as sent, values without the spaces around them. */
  readonly fields: Fields
  /** The field lines that end-to-end forwarding passes on; read it through forwardedResponseFields. */
  readonly passedOn: string
  readonly framing: BodyFraming
  /** What Content-Length says in an answer to HEAD or a 304, which has no body: it is passed on all the same. */
  readonly declaredLength: number | undefined
  /** Whether the connection may carry another exchange after this answer. */
  readonly keepAlive: boolean
  /** The options of Connection in lower case. */
  readonly connectionOptions: readonly string[]
  /** The value of Upgrade where Connection names it in HTTP/1.1. */
  readonly upgrade: string | undefined
  /** Whether another answer to the same request follows: any 1xx but 101. */
  readonly informational: boolean
  readonly hasVia: boolean
}

const SPACE = 0x20
const CR = 0x0d
const LF = 0x0a

/** Parses the head at `start`…`end`, `end` as findHeadEnd gave it, of an answer to `requestMethod`; throws HttpSyntaxError. */
export function parseResponseHead(bytes: Buffer, start: number, end: number, requestMethod: string): ResponseHead {
  const text = bytes.toString('latin1', start, end)
  const minor = parseVersion(bytes, start)
  const status = parseStatus(bytes, start + 8)
  const reasonStart = bytes[start + 12] === SPACE ? start + 13 : start + 12
  let lineEnd = reasonStart
  while (valueBytes[bytes[lineEnd] as number] === 1) lineEnd++
  // Many servers leave out the space before an empty reason; nothing else may follow the digits.
  if (reasonStart === start + 12 && lineEnd > reasonStart) refuse('bad-status')
  if (bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) refuseByte(bytes[lineEnd], bytes[lineEnd + 1])

  const lines = readFieldLines(bytes, text, start, lineEnd + 2, end)
  const framing = responseFraming(lines, minor, status, requestMethod)
  const options = lines.connectionOptions
  const closes = options.includes('close') || lines.proxyConnectionCloses
  return {
    minor,
    status,
    reason: text.slice(reasonStart - start, lineEnd - start),
    fields: lines.fields,
    passedOn: lines.passedOn,
    framing,
    declaredLength: declaredLength(lines, status, requestMethod),
    keepAlive: framing !== untilClose && !closes && (minor === 1 || options.includes('keep-alive')),
    connectionOptions: options,
    upgrade: announcedUpgrade(lines, minor),
    informational: status < 200 && status !== 101,
    hasVia: hasKind(lines, kinds.VIA),
  }
}

function parseStatus(bytes: Buffer, at: number): number {
  if (bytes[at] !== SPACE) refuse('bad-status-line')
  const hundreds = (bytes[at + 1] as number) - 0x30
  const tens = (bytes[at + 2] as number) - 0x30
  const ones = (bytes[at + 3] as number) - 0x30
  if (hundreds < 1 || hundreds > 5 || tens < 0 || tens > 9 || ones < 0 || ones > 9) refuse('bad-status')
  return hundreds * 100 + tens * 10 + ones
}

function responseFraming(lines: FieldLines, minor: 0 | 1, status: number, requestMethod: string): BodyFraming {
  const { contentLength } = lines
  const inChunks = hasKind(lines, kinds.TRANSFER_ENCODING)
  if (inChunks && contentLength >= 0) refuse('te-and-cl')
  if (inChunks && minor === 0) refuse('te-in-http10')
  if (status < 200 || status === 204) {
    // Content-Length: 0 is as wrong as any other here (RFC 9112 section 6.1), but common and harmless.
    if (inChunks || contentLength > 0) refuse('body-on-bodyless-status')
    return noBody
  }
  if (status === 304 || requestMethod === 'HEAD') return noBody
  if (requestMethod === 'CONNECT' && status < 300) return noBody
  if (inChunks) return chunked
  return contentLength >= 0 ? lengthFraming(contentLength) : untilClose
}

function declaredLength(lines: FieldLines, status: number, requestMethod: string): number | undefined {
  if (lines.contentLength < 0 || status < 200 || status === 204) return undefined
  return status === 304 || requestMethod === 'HEAD' ? lines.contentLength : undefined
}
