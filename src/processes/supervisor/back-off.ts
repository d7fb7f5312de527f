/** When to start again what keeps dying: the first time at once, then ever later. */

const FIRST_WAIT_MS = 100
const STABLE_AFTER_MS = 10_000
const CRASH_LOOP_WINDOW_MS = 60_000
/** As many deaths within a minute as make a crash loop. */
const CRASH_LOOP_DEATHS = 5

/** Counts the deaths of one thing that is restarted for ever; the clock is the caller's. */
export class BackOff {
  readonly #longestMs: number
  #deaths: number[] = []
  #inRow = 0

  constructor(longestMs: number) {
    this.#longestMs = longestMs
  }

  /** Notes a death and answers how long to wait before the next start. `livedMs` forgives what was long ago. */
  died({ nowMs, livedMs }: { nowMs: number; livedMs: number }): number {
    this.#deaths = [...this.#deaths.slice(1 - CRASH_LOOP_DEATHS), nowMs]
    if (livedMs > STABLE_AFTER_MS) this.#inRow = 0
    this.#inRow += 1
    if (this.#inRow === 1) return 0
    return Math.min(FIRST_WAIT_MS * 2 ** (this.#inRow - 2), this.#longestMs)
  }

  /** Tells whether the last minute saw so many deaths that somebody should look. */
  looping(nowMs: number): boolean {
    const oldest = this.#deaths[0]
    return this.#deaths.length >= CRASH_LOOP_DEATHS && oldest !== undefined && nowMs - oldest < CRASH_LOOP_WINDOW_MS
  }
}
