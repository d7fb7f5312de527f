/**
 * How the end of a body is found. Every answer is one of four, decided once from the head and never
 * from the bytes that follow; whatever leaves room for two readings is refused (RFC 9112 section 6.3).
 */

import { refuse } from './syntax-error.ts'

export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

/** No body at all, and nothing on the wire that says so. */
export const noBody: BodyFraming = Object.freeze({ kind: 'none' })
/** A body in chunks. */
export const chunked: BodyFraming = Object.freeze({ kind: 'chunked' })
/** A body that ends when its sender closes. */
export const untilClose: BodyFraming = Object.freeze({ kind: 'until-close' })

const emptyBody: BodyFraming = Object.freeze({ kind: 'length', length: 0 })

/** Gives the framing of a body of a known length. */
export function lengthFraming(length: number): BodyFraming {
  return length === 0 ? emptyBody : { kind: 'length', length }
}

/** Parses a Content-Length value: digits only, no sign, no list, no number that cannot be counted exactly. */
export function parseContentLength(value: string): number {
  const size = value.length
  if (size === 0) refuse('bad-content-length')
  let length = 0
  for (let at = 0; at < size; at++) {
    const digit = value.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) refuse('bad-content-length')
    length = length * 10 + digit
    if (length > Number.MAX_SAFE_INTEGER) refuse('bad-content-length')
  }
  return length
}

/** Writes the field that announces a body of this framing; it is empty where there is nothing to announce. */
export function framingFields(framing: BodyFraming): string {
  if (framing.kind === 'length') return `Content-Length: ${framing.length}\r\n`
  return framing.kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : ''
}
