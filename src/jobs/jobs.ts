/** Every job there is, and what jobs may use. */
import type { Fetch } from '../backend/fetch-bounded.ts'
import type { Job } from './schedule.ts'

export interface JobContext {
  /** Fetches under the egress rules of the policy in force. */
  readonly fetch: Fetch
}

/** Makes the jobs of the control process. */
export function makeJobs(_context: JobContext): readonly Job[] {
  return []
}
