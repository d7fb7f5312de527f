/**
 * The four forms of a request target (RFC 9112 section 3.2), checked for shape and kept byte for byte. What host
 * it means, and whether it may be asked for, is decided elsewhere. A fragment or user information is
 * refused: they never belong on the wire, and parsers disagree about the host when they are there.
 */

import { hostBytes, ipv6Bytes, targetBytes } from './byte-class.ts'
import { refuse, refuseByte } from './syntax-error.ts'

const SPACE = 0x20
const HASH = 0x23
const ASTERISK = 0x2a
const SLASH = 0x2f
const COLON = 0x3a
const QUESTION = 0x3f
const AT = 0x40
const OPEN = 0x5b
const CLOSE = 0x5d

/** Finds the end of the target that starts at `from` and refuses one that no form allows. */
export function targetEnd(bytes: Buffer, from: number, method: string): number {
  let at = from
  while (targetBytes[bytes[at] as number] === 1) at++
  const byte = bytes[at] as number
  if (byte === HASH) refuse('fragment-in-target')
  if (byte !== SPACE) refuseTargetByte(byte, bytes[at + 1])
  if (at === from) refuse('bad-request-line')
  const first = bytes[from]
  if (method === 'CONNECT') checkAuthorityForm(bytes, from, at)
  else if (first === ASTERISK) {
    if (at !== from + 1 || method !== 'OPTIONS') refuse('bad-target')
  } else if (first !== SLASH) checkAbsoluteForm(bytes, from, at)
  return at
}

/** Checks `host [":" port]` from `from` to `to`; gives where the host ends, or -1. An empty host is the caller's matter. */
export function hostEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  if (bytes[at] === OPEN && at < to) {
    at++
    while (at < to && ipv6Bytes[bytes[at] as number] === 1) at++
    // The shortest literal is [::].
    if (at >= to || bytes[at] !== CLOSE || at < from + 3) return -1
    at++
  } else {
    while (at < to && hostBytes[bytes[at] as number] === 1) at++
  }
  return at === to || (bytes[at] === COLON && isPort(bytes, at + 1, to)) ? at : -1
}

function checkAuthorityForm(bytes: Buffer, from: number, to: number): void {
  const colon = hostEnd(bytes, from, to)
  // At least one digit must follow the colon: CONNECT has no default port.
  if (colon <= from || colon >= to - 1) refuse('bad-target')
}

function checkAbsoluteForm(bytes: Buffer, from: number, to: number): void {
  let at = from
  while (at < to && isLetter(bytes[at] as number)) at++
  if (at === from || bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) refuse('bad-target')
  const authority = at + 3
  at = authority
  while (at < to && bytes[at] !== SLASH && bytes[at] !== QUESTION) {
    if (bytes[at] === AT) refuse('userinfo-in-target')
    at++
  }
  if (hostEnd(bytes, authority, at) <= authority) refuse('bad-target')
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

function isPort(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > 5) return false
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte < 0x30 || byte > 0x39) return false
  }
  return true
}

function refuseTargetByte(byte: number, next: number | undefined): never {
  // A line that ends inside the target has no version: HTTP/0.9, or a request line cut in two.
  if (byte === 0x0d && next === 0x0a) refuse('bad-request-line')
  if (byte > 0x7e) refuse('bad-target')
  refuseByte(byte, next)
}
