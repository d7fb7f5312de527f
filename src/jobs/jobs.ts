/** Every job there is, and what jobs may use. */
import { checkBackends } from './check-backends.ts'
import { refreshRevocationLists } from './refresh-revocation-lists.ts'
import type { Job } from './schedule.ts'
import { watchCertificates } from './watch-certificates.ts'
import { watchExceptions } from './watch-exceptions.ts'

export interface JobContext {
  /** Warns of exceptions of the policy in force that end. */
  readonly watchExceptions: () => void
  /** Fetches again the lists that end soon. */
  readonly refreshRevocationLists: () => Promise<void>
  /** Tells the metrics when certificates of backends end. */
  readonly watchCertificates: () => void
  /** Probes the backends that are looked after by themselves. */
  readonly checkBackends: () => Promise<void>
}

/** Makes the jobs of the control process. */
export function makeJobs(context: JobContext): readonly Job[] {
  return [
    watchExceptions(context.watchExceptions),
    refreshRevocationLists(context.refreshRevocationLists),
    watchCertificates(context.watchCertificates),
    checkBackends(context.checkBackends),
  ]
}
