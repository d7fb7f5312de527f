/**
 * The fields that a proxy passes on, as text. Dropped: the fields of this connection (field-kind.ts), those that
 * Connection names, and those that the proxy writes itself: Host, Via, Content-Length, Transfer-Encoding.
 *
 * Connection is a weapon in the wrong hands: naming a field there makes a proxy strip it, and backends have been
 * fooled by requests that lost their credentials or their client address on the way. RFC 9110 section 7.6.1
 * forbids naming fields that are meant for everybody, so names on the list below are not heeded.
 */

import { fieldKind, isPassedOn } from './field-kind.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'

/** What a forwarder may ask for beyond the rules of HTTP. */
export interface ForwardOptions {
  /** Names in lower case that are left out as well. */
  readonly drop?: readonly string[]
}

/** Writes the request fields to pass on, each as `Name: value` CRLF. */
export function forwardedRequestFields(head: RequestHead, options?: ForwardOptions): string {
  return passOn(head, options?.drop)
}

/** Writes the response fields to pass on, with the Content-Length of an answer to HEAD or of a 304. */
export function forwardedResponseFields(head: ResponseHead, options?: ForwardOptions): string {
  const passedOn = passOn(head, options?.drop)
  return head.declaredLength === undefined ? passedOn : `${passedOn}Content-Length: ${head.declaredLength}\r\n`
}

/** Combines the Via fields of a message in their order, or gives the empty string. */
export function viaChain(head: Pick<RequestHead, 'fields' | 'hasVia'>): string {
  if (!head.hasVia) return ''
  let chain = ''
  const { pairs } = head.fields
  for (let index = 0; index < pairs.length; index += 2) {
    const value = pairs[index + 1] as string
    if (pairs[index]?.toLowerCase() !== 'via' || value === '') continue
    chain = chain === '' ? value : `${chain}, ${value}`
  }
  return chain
}

function passOn(head: RequestHead | ResponseHead, drop: readonly string[] | undefined): string {
  // The parser has collected the lines already; they are written anew only where a name is to be left out.
  if (drop === undefined && !namesField(head.connectionOptions)) return head.passedOn
  const dropped = new Set(drop)
  for (const option of head.connectionOptions) if (!neverDropped(dashed(option))) dropped.add(dashed(option))
  let text = ''
  const { pairs } = head.fields
  for (let index = 0; index < pairs.length; index += 2) {
    const name = pairs[index] as string
    const bytes = Buffer.from(name, 'latin1')
    if (!isPassedOn(fieldKind(bytes, 0, bytes.length)) || dropped.has(dashed(name.toLowerCase()))) continue
    text += `${name}: ${pairs[index + 1]}\r\n`
  }
  return text
}

/** A loop, because this is asked of every message. */
function namesField(connectionOptions: readonly string[]): boolean {
  for (const option of connectionOptions) if (!withoutField.has(option)) return true
  return false
}

/** Many backends read x_a as if it were x-a: what is left out is left out in both spellings. */
function dashed(name: string): string {
  return name.replaceAll('_', '-')
}

function neverDropped(name: string): boolean {
  return endToEndNames.has(name) || endToEndPrefixes.some((prefix) => name.startsWith(prefix))
}

/** Options that name no field, or a field that is dropped anyway. */
const withoutField = new Set([
  'close',
  'keep-alive',
  'upgrade',
  'te',
  'connection',
  'proxy-connection',
  'transfer-encoding',
  'content-length',
  'http2-settings',
  'host',
  'via',
])

/** Standard fields that are for everybody on the way or for the other end, whatever Connection says. */
const endToEndNames = new Set(
  (
    'age allow alt-svc authentication-info authorization cache-control cdn-cache-control cookie date dnt early-data etag ' +
    'expect expires forwarded from host last-modified link location max-forwards origin pragma prefer priority range ' +
    'referer referrer-policy retry-after server set-cookie soapaction strict-transport-security trailer user-agent ' +
    'vary via warning www-authenticate x-real-ip x-request-id x-correlation-id x-csrf-token x-api-key traceparent ' +
    'tracestate baggage x-http-method-override'
  ).split(' '),
)

const endToEndPrefixes = [
  'accept',
  'access-control-',
  'content-',
  'if-',
  'sec-',
  'x-forwarded-',
  'x-content-',
  'x-frame-',
]
