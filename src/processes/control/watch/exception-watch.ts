/** Warns of exceptions that end: in the log 14 days ahead, 3 days ahead, and when they are over, once for each; in a metric all along. */
import type { Metrics } from '../../../observe/metrics.ts'
import { describeEnd, stateOf } from '../../../policy/over.ts'
import type { Policy } from '../../../policy/policy.ts'
import type { Log } from '../versions/outcome-record.ts'
import { listExceptions } from './exception-list.ts'

export interface ExceptionWatchOptions {
  readonly log: Log
  readonly metrics: Pick<Metrics, 'exceptions'>
}

export class ExceptionWatch {
  readonly #log: Log
  readonly #metrics: ExceptionWatchOptions['metrics']
  #told = new Set<string>()

  constructor({ log, metrics }: ExceptionWatchOptions) {
    this.#log = log
    this.#metrics = metrics
  }

  /** Looks at the exceptions of the policy in force: when it comes into force, and every day from then on. */
  look(policy: Pick<Policy, 'exceptions'> | undefined, nowMs: number): void {
    const { exceptions = [] } = policy ?? {}
    const told = new Set<string>()
    this.#metrics.exceptions(exceptions.map((exception) => ({ state: stateOf(exception, nowMs) })))
    for (const exception of exceptions) {
      const what = describeEnd(exception, nowMs)
      const [listed] = listExceptions({ exceptions: [exception] }, { uses: undefined, nowMs })
      if (what === undefined || listed === undefined) continue
      const key = [listed.id, exception.untilMs, stateOf(exception, nowMs)].join()
      told.add(key)
      if (this.#told.has(key)) continue
      const { id, backend, findings, until, daysLeft, owner, reason, state } = listed
      const name = state === 'over' ? 'exception.over' : 'exception.ending'
      const fields = { exception: id, backend, findings, until, daysLeft, owner, reason }
      this.#log(name, `the end of the exception of ${backend} for ${findings.join(', ')} ${what}`, fields)
    }
    this.#told = told
  }
}
