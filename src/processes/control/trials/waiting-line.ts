/**
 * What dials many times stands in line: two rehearsals at once would be twice the load for every backend known. A few may
 * wait; more are refused, so that nobody can pile them up.
 */
import { SidecarError } from '../../../errors.ts'

export class WaitingLine {
  readonly #what: string
  readonly #most: number
  #last: Promise<unknown> = Promise.resolve()
  #inLine = 0

  /** `what` is what stands in line, in the plural; `most` is how many may, the one under way included. */
  constructor(what: string, most: number) {
    this.#what = what
    this.#most = most
  }

  /** Works when all before it are done; throws OPERATOR_BUSY when too many are waiting. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inLine >= this.#most) {
      throw new SidecarError(
        'OPERATOR_BUSY',
        `${this.#inLine} ${this.#what} are under way or waiting: no more are taken`,
      )
    }
    this.#inLine += 1
    const working = this.#last.then(work)
    this.#last = working.catch(() => {})
    try {
      return await working
    } finally {
      this.#inLine -= 1
    }
  }
}
