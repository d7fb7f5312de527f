/**
 * Timed work of the control process: named jobs, each in a file of its own. The rules of this file: a job never runs
 * beside itself, a job that fails is one log line and runs again at its next time, and no job keeps the process alive.
 */
import { type ScheduledTask, schedule } from 'node-cron'
import { asSidecarError, type SidecarError } from '../errors.ts'

export interface Job {
  /** How the log calls it. */
  readonly name: string
  /** When it runs: five fields of cron, or six with seconds in front. */
  readonly cron: string
  run(): Promise<void>
}

/** Starts all jobs; gives what ends them. */
export function startJobs(jobs: readonly Job[], failed: (job: Job, error: SidecarError) => void): () => void {
  const tasks = jobs.map((job) => startJob(job, failed))
  return () => {
    for (const task of tasks) void task.destroy()
  }
}

function startJob(job: Job, failed: (job: Job, error: SidecarError) => void): ScheduledTask {
  const run = async () => {
    try {
      await job.run()
    } catch (thrown) {
      failed(job, asSidecarError(thrown))
    }
  }
  // A machine that slept, or a clock that was put forward, has missed runs: the next one does their work.
  return schedule(job.cron, run, { name: job.name, noOverlap: true, suppressMissedWarning: true, unref: true, logger })
}

/** The library would write to standard output, which is ours for log lines; what counts is said by `failed`. */
const logger = { info() {}, warn() {}, error() {}, debug() {} }
