import { type JobContext, makeJobs } from '../../../jobs/jobs.ts'
import { startJobs } from '../../../jobs/schedule.ts'
import type { Log } from '../versions/outcome-record.ts'

/** Starts the jobs of the control process; what fails is one line in the log. Gives what ends them. */
export function startTimedWork(context: JobContext, log: Log): () => void {
  return startJobs(makeJobs(context), ({ name: job }, error) =>
    log('job.failed', `the job ${job} failed`, { job, error }),
  )
}
