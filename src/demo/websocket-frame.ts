/** Short WebSocket frames (RFC 6455 §5), both ends of them: all that the demo's echo and its visitor need. */

const TEXT = 1
const FINAL = 0x80
const MASKED = 0x80
const MASK_BYTES = 4
const SHORT_MAX = 125

/** One frame taken off the wire, unmasked. */
export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  /** Bytes the whole frame took. */
  readonly length: number
}

/** Reads the first frame of up to 125 bytes, masked as callers must send it; undefined while it is incomplete. */
export function firstFrame(bytes: Buffer): Frame | undefined {
  const [first = 0, second = 0] = bytes
  const size = second & 0x7f
  const length = 2 + MASK_BYTES + size
  if (size > SHORT_MAX || bytes.length < length) return undefined
  const mask = bytes.subarray(2, 2 + MASK_BYTES)
  return { opcode: first & 0x0f, payload: masked(bytes.subarray(2 + MASK_BYTES, length), mask), length }
}

/** Makes an unmasked frame of up to 125 bytes, as servers send it. */
export function textFrame(payload: Buffer, opcode = TEXT): Buffer {
  return Buffer.concat([Buffer.from([FINAL | opcode, payload.length]), payload])
}

/** Makes a masked frame of up to 125 bytes, as callers send it. */
export function maskedTextFrame(payload: Buffer): Buffer {
  const mask = Buffer.from([1, 2, 3, 4])
  return Buffer.concat([Buffer.from([FINAL | TEXT, MASKED | payload.length]), mask, masked(payload, mask)])
}

function masked(payload: Buffer, mask: Buffer): Buffer {
  return Buffer.from(payload.map((byte, at) => byte ^ (mask[at % MASK_BYTES] as number)))
}
