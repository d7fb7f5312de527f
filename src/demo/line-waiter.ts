import type { AccessLine } from './transcript.ts'

const PATIENCE_MS = 20_000

interface Waiting {
  readonly destination: string
  resolve(line: AccessLine): void
}

/** Waits for the access lines of destinations; lines nobody waits for go by. */
export class LineWaiter {
  #waiting: readonly Waiting[] = []

  /** Gives the next line about a destination; rejects when none comes in time. */
  next(destination: string): Promise<AccessLine> {
    const { promise, resolve, reject } = Promise.withResolvers<AccessLine>()
    const late = setTimeout(() => reject(new Error(`no access line about ${destination}`)), PATIENCE_MS)
    // A demo that ends meanwhile does not wait for its own patience.
    late.unref()
    const waiting: Waiting = { destination, resolve }
    this.#waiting = [...this.#waiting, waiting]
    return promise.finally(() => {
      clearTimeout(late)
      this.#waiting = this.#waiting.filter((other) => other !== waiting)
    })
  }

  /** Hands a line to whoever waits for its destination. */
  offer(line: AccessLine): void {
    for (const waiting of this.#waiting) {
      if (waiting.destination === `${line.host}:${line.port}`) waiting.resolve(line)
    }
  }
}
