/**
 * Where wires read into. All of them share one buffer, so that thousands of idle ones cost nothing; one that carries
 * a long stream gets a buffer of its own for as long as it lasts, because what is read into it can then be written
 * to the other side without a copy: while the kernel still has to take it, the wire reads into another.
 */

const READ_BUFFER_BYTES = 65_536

/** Read into by every wire that has no buffer of its own: what stands in it is gone with the next read of any wire. */
export const sharedReadBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)

/** A buffer that one wire reads into, and that writes still under way may hold. */
export class ReadBuffer {
  readonly bytes = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)
  #holders = 0

  /** Tells whether somebody still needs what stands in it. */
  get isHeld(): boolean {
    return this.#holders > 0
  }

  hold(): void {
    this.#holders += 1
  }

  /** One holder needs it no more; the last one makes it free for the next stream. */
  release(): void {
    this.#holders -= 1
    if (this.#holders === 0 && spare.length < SPARE_MAX) spare.push(this)
  }
}

/** Kept for the next stream: allocating and collecting 64 kB for every piece of one costs more than moving the bytes. */
const spare: ReadBuffer[] = []
const SPARE_MAX = 64

/** A buffer for one wire alone, held by it until it releases it. */
export function takeReadBuffer(): ReadBuffer {
  const buffer = spare.pop() ?? new ReadBuffer()
  buffer.hold()
  return buffer
}
