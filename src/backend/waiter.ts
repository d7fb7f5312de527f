import type { Deadlines, Watched } from '../wire/deadlines.ts'
import type { VerifiedBackend } from './verified-backend.ts'

/** A request in line for a connection of a pool: it is served, or refused, or told by its deadline that it waited too long. */
export class Waiter implements Watched {
  deadline: number
  readonly served: Promise<VerifiedBackend>
  readonly #settle = Promise.withResolvers<VerifiedBackend>()
  readonly #deadlines: Deadlines
  readonly #late: () => void

  constructor(deadlines: Deadlines, deadline: number, late: () => void) {
    this.#deadlines = deadlines
    this.deadline = deadline
    this.#late = late
    this.served = this.#settle.promise
    deadlines.watch(this)
  }

  expired(): void {
    this.#late()
  }

  /** From here on the dial's own deadlines count. */
  stopWaiting(): void {
    this.#deadlines.unwatch(this)
  }

  serve(backend: VerifiedBackend): void {
    this.stopWaiting()
    this.#settle.resolve(backend)
  }

  refuse(error: unknown): void {
    this.stopWaiting()
    this.#settle.reject(error)
  }
}
