/**
 * Finding where a head ends in a read buffer that is shared and reused: bytes at and after `to` are left
 * over from other reads and are never looked at.
 */

import { valueBytes } from './byte-class.ts'
import { refuse, refuseByte } from './syntax-error.ts'

const CR = 0x0d
const LF = 0x0a

/**
 * Finds the index just after the first CRLFCRLF of `from`…`to`, or -1. To go on after more bytes came, pass
 * as `from` the old `to` less 3, but not less than the start of the head.
 */
export function findHeadEnd(buffer: Buffer, from: number, to: number): number {
  // The fourth byte of CRLFCRLF is looked at first: a byte that is neither CR nor LF rules out four places at
  // once, so a small head costs a quarter of a load per byte, less than the call into Buffer.indexOf.
  let at = from + 3
  while (at < to) {
    const byte = buffer[at] as number
    if (byte > CR) at += 4
    else if (byte === LF) {
      if (buffer[at - 1] === CR && buffer[at - 2] === LF && buffer[at - 3] === CR) return at + 1
      at += 2
    } else at += 1
  }
  return -1
}

/** Skips the one empty line that RFC 9112 section 2.2 allows before a request line; gives the index after it. */
export function skipLeadingEmptyLine(buffer: Buffer, from: number, to: number): number {
  return from + 1 < to && buffer[from] === CR && buffer[from + 1] === LF ? from + 2 : from
}

/**
 * Refuses an unfinished head that no further byte can mend (bare LF, bare CR, a control character), so that its
 * sender is told at once and not at the deadline. The head begins at `start`; `seen` is the `to` of an earlier
 * call for the same head, so that a sender of single bytes costs no more than one of whole heads.
 */
export function refuseBrokenHead(buffer: Buffer, start: number, to: number, seen = start): void {
  for (let at = seen; at < to; at++) {
    const byte = buffer[at] as number
    const afterCr = at > start && buffer[at - 1] === CR
    if (afterCr !== (byte === LF)) refuse(afterCr ? 'bare-cr' : 'bare-lf')
    if (byte !== LF && byte !== CR && valueBytes[byte] !== 1) refuseByte(byte, undefined)
  }
}
