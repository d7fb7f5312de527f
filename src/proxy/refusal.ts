import type { ErrorCode } from '../errors.ts'
import type { Verdict } from '../policy/verdict.ts'

/** What a refusal says in its body, in whatever form. */
export interface Refusal {
  readonly code: ErrorCode
  readonly status: number
  /** An error type of RFC 9209. */
  readonly title: string
  readonly detail: string
  readonly destination?: string
  readonly findings?: Verdict['findings']
  readonly hint: string
  readonly operatorMessage?: string
  readonly requestId: string
  readonly policyVersion: number
}
