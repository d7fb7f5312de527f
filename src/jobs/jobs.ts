/** Every job there is, and what jobs may use. */
import type { Fetch } from '../backend/fetch-bounded.ts'
import type { Job } from './schedule.ts'
import { watchExceptions } from './watch-exceptions.ts'

export interface JobContext {
  /** Fetches under the egress rules of the policy in force. */
  readonly fetch: Fetch
  /** Warns of exceptions of the policy in force that end. */
  readonly watchExceptions: () => void
}

/** Makes the jobs of the control process. */
export function makeJobs(context: JobContext): readonly Job[] {
  return [watchExceptions(context.watchExceptions)]
}
