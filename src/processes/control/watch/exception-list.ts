/** The exceptions of a policy as they are listed: what each forgives to whom, how long still, and whether it is needed. */
import type { ExceptionUse } from '../../../history/exception-uses.ts'
import { exceptionIdOf } from '../../../policy/exception-id.ts'
import { daysLeft, type ExceptionState, lastDayOf, stateOf } from '../../../policy/over.ts'
import { parseDestination } from '../../../policy/parse-destination.ts'
import type { FindingName, Policy } from '../../../policy/policy.ts'

export interface ListedException {
  /** The same as in the metric `vedette_exception_uses_total`. */
  readonly id: string
  readonly backend: string
  readonly findings: readonly FindingName[]
  /** Null when it holds whatever key the backend shows. */
  readonly spkiSha256: string | null
  /** The last day it holds, in UTC. */
  readonly until: string
  readonly daysLeft: number
  readonly state: ExceptionState
  readonly owner: string
  readonly reason: string
  /** In how many handshakes it was needed; null where nobody has counted. */
  readonly uses: number | null
  readonly lastUsedMs: number | null
}

/** Lists the exceptions of a policy, the next to end first; uses are what the history has, undefined without one. */
export function listExceptions(
  { exceptions }: Pick<Policy, 'exceptions'>,
  { uses, nowMs }: { uses: ReadonlyMap<string, ExceptionUse> | undefined; nowMs: number },
): readonly ListedException[] {
  const inOrder = exceptions.toSorted((one, other) => one.untilMs - other.untilMs)
  return inOrder.map((exception) => {
    const id = exceptionIdOf(exception)
    const used = uses?.get(id)
    return {
      id,
      backend: parseDestination(exception.host, exception.port).authority,
      findings: exception.findings,
      spkiSha256: exception.spkiSha256 ?? null,
      until: lastDayOf(exception),
      daysLeft: daysLeft(exception, nowMs),
      state: stateOf(exception, nowMs),
      owner: exception.owner,
      reason: exception.reason,
      uses: uses === undefined ? null : (used?.uses ?? 0),
      lastUsedMs: used?.lastUsedMs ?? null,
    }
  })
}
