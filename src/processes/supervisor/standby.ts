/**
 * Workers started ahead of the generation that will want them. Changes come in runs: an operator tries, looks and
 * corrects, a rollout goes rule by rule, a version on trial is taken back. So a change that soon follows another one
 * leaves as many workers behind as the next one takes, with their code loaded and nothing to do: what is left of a start
 * is to build contexts and to warm pools. After a quiet minute they end, and an instance at rest is as small as ever.
 * A generation that fails to start takes them with it: the one after that starts its own.
 */
import type { ChildProcess } from 'node:child_process'

export interface StandbyOptions {
  /** Starts a process that waits to be told which generation it works for. */
  readonly fork: () => ChildProcess
  /** Milliseconds of a clock that only moves forward. */
  readonly now?: () => number
}

export class Standby {
  readonly #fork: () => ChildProcess
  readonly #now: () => number
  readonly #waiting = new Set<ChildProcess>()
  #changedMs = Number.NEGATIVE_INFINITY
  #starting: NodeJS.Timeout | undefined
  #quiet: NodeJS.Timeout | undefined

  constructor({ fork, now = () => performance.now() }: StandbyOptions) {
    this.#fork = fork
    this.#now = now
  }

  /** Gives a process that waits, or a new one; it is the caller's from here on. */
  take(): ChildProcess {
    for (const child of this.#waiting) {
      this.#waiting.delete(child)
      if (child.connected) return child
      child.kill('SIGKILL')
    }
    return this.#fork()
  }

  /** To be told of each change in force: when one has followed another soon, as many as `workers` wait for the next. */
  changed(workers: number): void {
    const sinceMs = this.#now() - this.#changedMs
    this.#changedMs = this.#now()
    clearTimeout(this.#starting)
    clearTimeout(this.#quiet)
    if (sinceMs >= RUN_MS) return this.dismiss()
    // Not at once: the callers that move, and the first requests in code that is cold, come first.
    const afterMs = Math.min(sinceMs / 4, START_AFTER_MS)
    this.#starting = setTimeout(() => this.#fill(workers), afterMs).unref()
    this.#quiet = setTimeout(() => this.dismiss(), RUN_MS).unref()
  }

  /** Ends those that wait; from here on a worker is started when it is needed, until changes come in a run again. */
  dismiss(): void {
    clearTimeout(this.#starting)
    clearTimeout(this.#quiet)
    this.#endAllBut(0)
  }

  #endAllBut(kept: number): void {
    for (const child of [...this.#waiting].slice(kept)) {
      this.#waiting.delete(child)
      child.kill('SIGKILL')
    }
  }

  #fill(workers: number): void {
    this.#endAllBut(workers)
    try {
      while (this.#waiting.size < workers) this.#startOne()
    } catch {
      // Nobody needs these yet: whoever needs a worker later is told that none can be started.
    }
  }

  #startOne(): void {
    const child = this.#fork()
    const gone = () => void this.#waiting.delete(child)
    // Listened to for good: an 'error' that nobody listens to would end the supervisor, also one of a child that was let go.
    child.once('exit', gone).on('error', gone)
    this.#waiting.add(child)
  }
}

/** A change within this time of the one before makes a run of them, and this long workers wait for the next. */
const RUN_MS = 60_000
/** Where changes follow each other slowly, this long after one there is time for the next. */
const START_AFTER_MS = 500
