/** The sum of what all workers of this instance ever counted, also across a crash of the control process. */
import { mergeCounters } from '../../observe/merge-counters.ts'
import type { Totals } from '../../observe/tally.ts'

/** No worker has this number: what a former control process knew of workers that had ended counts under it. */
const FORMER = 0

export class Counts {
  readonly #all = mergeCounters()
  readonly #departed = mergeCounters()
  readonly #latest = new Map<number, Totals>()

  constructor(former: Totals = {}) {
    for (const sum of [this.#all, this.#departed]) {
      sum.update(FORMER, former)
      sum.gone(FORMER)
    }
  }

  /** Takes the newest totals of a worker. */
  update(worker: number, totals: Totals): void {
    this.#latest.set(worker, totals)
    this.#all.update(worker, totals)
  }

  /** Keeps what a worker that ended has counted. */
  gone(worker: number): void {
    this.#departed.update(worker, this.#latest.get(worker) ?? {})
    this.#departed.gone(worker)
    this.#latest.delete(worker)
    this.#all.gone(worker)
  }

  get all(): Totals {
    return this.#all.merged()
  }

  /** What only this process knows: the workers that are left will tell the rest again. */
  get departed(): Totals {
    return this.#departed.merged()
  }
}
