/**
 * Changes that take a while, so that whoever asked can follow them, and so can everybody who watches. Kept in memory:
 * what came of a change is in the history, this is only how it went.
 */
import { asSidecarError, SidecarError } from '../errors.ts'
import { makeId } from './access/token.ts'
import type { Applied, BackendTrial, Operation, Progress, Rehearsal } from './contract.ts'
import { problemOf } from './error-answer.ts'
import type { Frozen } from './instance.ts'

export interface Begun {
  readonly kind: Operation['kind']
  readonly actor: string
}

/** What an operation ends with. */
export interface Ending {
  readonly applied?: Frozen<Applied>
  readonly rehearsal?: Frozen<Rehearsal>
  readonly trial?: Frozen<BackendTrial>
}

/** An operation and the moment it is over. */
export interface Running {
  readonly id: string
  readonly over: Promise<void>
}

export class Operations {
  readonly #all = new Map<string, Frozen<Operation>>()
  readonly #changed: (operation: Frozen<Operation>) => void

  constructor(changed: (operation: Frozen<Operation>) => void) {
    this.#changed = changed
  }

  /** Starts to do something; what it throws becomes the operation's problem. */
  begin({ kind, actor }: Begun, work: (tell: (progress: Progress) => void) => Promise<Ending>): Running {
    const id = makeId()
    const empty = { progress: [], applied: null, rehearsal: null, trial: null, problem: null }
    this.#put({ id, kind, state: 'running', actor, startedMs: Date.now(), endedMs: null, ...empty })
    return { id, over: this.#carryOut(id, work) }
  }

  /** Gives an operation as it is now; throws OPERATOR_NOT_FOUND. */
  named(id: string): Frozen<Operation> {
    const found = this.#all.get(id)
    if (found !== undefined) return found
    throw new SidecarError(
      'OPERATOR_NOT_FOUND',
      `there is no operation ${JSON.stringify(id.slice(0, 40))}, or it is long over`,
    )
  }

  async #carryOut(id: string, work: (tell: (progress: Progress) => void) => Promise<Ending>): Promise<void> {
    const tell = (progress: Progress): void => {
      const operation = this.named(id)
      // Draining goes on after the change is in force, and is told of as it goes.
      this.#put({ ...operation, progress: [...operation.progress, progress] })
    }
    try {
      const { applied = null, rehearsal = null, trial = null } = await work(tell)
      this.#put({ ...this.named(id), state: 'done', endedMs: Date.now(), applied, rehearsal, trial })
    } catch (thrown) {
      const problem = problemOf(asSidecarError(thrown), id)
      this.#put({ ...this.named(id), state: 'failed', endedMs: Date.now(), problem })
    }
  }

  #put(operation: Frozen<Operation>): void {
    this.#all.set(operation.id, operation)
    for (const [id, { state }] of this.#all) {
      if (this.#all.size <= KEPT_MAX) break
      if (state !== 'running') this.#all.delete(id)
    }
    this.#changed(operation)
  }
}

const KEPT_MAX = 100
