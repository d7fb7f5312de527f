/**
 * What this process has freed and its allocator keeps. The kernel counts it as used, and goes on to do so for hours: measured, a worker
 * that a flood had filled stayed at its limit after the last caller had left. But it is there for the next caller, so it
 * is no want. How much it is, nobody tells; what is known is how much was held when the container was as full as
 * now. Where it gets fuller than it was then, the guess is wrong and is dropped.
 */
import { ENOUGH_UNDER, type MemoryReading, usedShare } from './judge-memory.ts'

/** Figures move a little for no reason. */
const FULLER_BY = 0.01

export class ReusableMemory {
  #fullestBytes = 0
  #heldBytes = 0

  /** The reading without what can be used again, by the bytes that this process holds outside V8's heap. */
  without(reading: MemoryReading, heldBytes: number): MemoryReading {
    const { usedBytes, limitBytes } = reading
    const isFuller = usedBytes > this.#fullestBytes + limitBytes * FULLER_BY
    if (isFuller || usedShare(reading) < ENOUGH_UNDER) {
      this.#fullestBytes = usedBytes
      this.#heldBytes = heldBytes
    }
    this.#heldBytes = Math.max(this.#heldBytes, heldBytes)
    return { ...reading, usedBytes: Math.max(0, usedBytes - (this.#heldBytes - heldBytes)) }
  }
}
