/**
 * Deadlines for very many things at the price of one timer: each holds a point in time, a sweep looks at all of
 * them ten times a second. A timer of its own for every request would cost more than parsing the request.
 */

export interface Watched {
  /** When it is over, in milliseconds of `performance.now()`; 0 means never. */
  deadline: number
  /** Called once when the deadline has passed; the deadline is 0 by then. */
  expired(): void
}

const SWEEP_MS = 100

/** A set of watched things with one unref'd timer. */
export class Deadlines {
  readonly #watched = new Set<Watched>()
  readonly #timer: NodeJS.Timeout
  #clockMs = performance.now()

  constructor() {
    this.#timer = setInterval(() => {
      this.#clockMs = performance.now()
      this.sweep(this.#clockMs)
    }, SWEEP_MS).unref()
  }

  /**
   * The deadline that is `ms` from now, up to one sweep late and never early. Deadlines move with every request, and
   * reading the clock each time would cost more than a deadline is worth: the last sweep's reading is near enough.
   */
  after(ms: number): number {
    return this.#clockMs + SWEEP_MS + ms
  }

  watch(item: Watched): void {
    this.#watched.add(item)
  }

  unwatch(item: Watched): void {
    this.#watched.delete(item)
  }

  /** Expires what is due at `now`; called by the timer, and by tests with a clock of their own. */
  sweep(now: number): void {
    for (const item of this.#watched) {
      if (item.deadline === 0 || item.deadline > now) continue
      item.deadline = 0
      item.expired()
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#watched.clear()
  }
}
