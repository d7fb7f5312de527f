/**
 * The one queue that every change goes through, whatever set it off: two changes at once could each be right and
 * together wrong. Reloads coalesce, because the one that still waits will read what the later one would have read.
 */

import type { Applied } from '../control-protocol.ts'
import type { Change, TellProgress } from './change.ts'

interface Waiting {
  readonly change: Change
  readonly listeners: TellProgress[]
  readonly result: Promise<Applied>
}

export class ApplyQueue {
  readonly #carryOut: (change: Change, progress: TellProgress) => Promise<Applied>
  #last: Promise<unknown> = Promise.resolve()
  #waitingReload: Waiting | undefined

  constructor(carryOut: (change: Change, progress: TellProgress) => Promise<Applied>) {
    this.#carryOut = carryOut
  }

  /** Carries a change out after all those before it; resolves when it is in force, rejects when it is not. */
  add(change: Change, progress: TellProgress = () => {}): Promise<Applied> {
    const waiting = this.#waitingReload
    if (change.kind === 'reload' && !change.afresh && waiting !== undefined) {
      waiting.listeners.push(progress)
      return waiting.result
    }
    const listeners = [progress]
    const result = this.#last.then(() => {
      // From here on the files are being read: a reload that comes now has to read them again.
      if (this.#waitingReload?.listeners === listeners) this.#waitingReload = undefined
      return this.#carryOut(change, (step) => {
        for (const tell of listeners) tell(step)
      })
    })
    this.#last = result.catch(() => {})
    // A change between two reloads may depend on the order, so only the last in line is joined.
    this.#waitingReload = change.kind === 'reload' ? { change, listeners, result } : undefined
    return result
  }

  /** Resolves when everything added so far is done. */
  async settled(): Promise<void> {
    await this.#last
  }
}
