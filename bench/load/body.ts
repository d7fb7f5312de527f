/** Bodies that both ends can make from a number, so that each can tell whether every byte came through. */
import { crc32 } from 'node:zlib'

export interface BodyFacts {
  readonly bytes: number
  readonly crc: number
}

const PATTERN_BYTES = 1 << 20
const STEP = 8191
const pattern = makePattern()

/** The body of a request or an answer with this number: a window on a fixed pattern, never to be written to. */
export function bodyOf(id: number, bytes: number): Buffer {
  const from = (id * STEP) % (PATTERN_BYTES / 2)
  return pattern.subarray(from, from + bytes)
}

/** Length and checksum of a whole body. */
export function factsOf(body: Buffer): BodyFacts {
  return { bytes: body.length, crc: crc32(body) }
}

/** Facts as they stand in a header field. */
export function factsText({ bytes, crc }: BodyFacts): string {
  return `${bytes}-${crc.toString(16)}`
}

/** Counts a body as it arrives in pieces. */
export class BodyMeter implements BodyFacts {
  bytes = 0
  crc = 0

  add(piece: Buffer): void {
    this.bytes += piece.length
    this.crc = crc32(piece, this.crc)
  }
}

function makePattern(): Buffer {
  const bytes = Buffer.allocUnsafe(PATTERN_BYTES)
  let state = 1
  for (let at = 0; at < PATTERN_BYTES; at++) {
    // A linear congruential generator: reproducible everywhere, and no two windows look alike.
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 16
  }
  return bytes
}
