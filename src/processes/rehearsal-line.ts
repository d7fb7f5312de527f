/**
 * Rehearsals stand in line: each dials every backend known, and two at once would be twice the load for all of them. A
 * few may wait; more are refused, so that nobody can pile them up.
 */
import { SidecarError } from '../errors.ts'

export class RehearsalLine {
  #last: Promise<unknown> = Promise.resolve()
  #inLine = 0

  /** Rehearses when all before it are done; throws OPERATOR_BUSY when too many are waiting. */
  async take<T>(rehearse: () => Promise<T>): Promise<T> {
    if (this.#inLine >= IN_LINE_MAX) {
      throw new SidecarError('OPERATOR_BUSY', `${this.#inLine} rehearsals are under way or waiting: no more are taken`)
    }
    this.#inLine += 1
    const rehearsal = this.#last.then(rehearse)
    this.#last = rehearsal.catch(() => {})
    try {
      return await rehearsal
    } finally {
      this.#inLine -= 1
    }
  }
}

const IN_LINE_MAX = 4
