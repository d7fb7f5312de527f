/**
 * Timed work of the control process: named jobs, each in a file of its own. The rules of this file: a job never runs
 * beside itself, a job that fails is one log line and runs again at its next time, and no job keeps the process alive.
 *
 * node-cron says when a job is due and we wake up: its own timers count every run that was missed one by one, which takes
 * minutes of processor time when a clock is put forward by years, and sleep for as long as a clock is put back.
 */
import { createTask } from 'node-cron'
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
  const ends = jobs.map((job) => startJob(job, failed))
  return () => {
    for (const end of ends) end()
  }
}

/** A clock that was put back is noticed this soon. */
const LOOK_MS = 60_000

function startJob(job: Job, failed: (job: Job, error: SidecarError) => void): () => void {
  const times = createTask(job.cron, () => {})
  const nextTime = () => (times.getNextRuns(1)[0] as Date).getTime()
  let dueMs = nextTime()
  let isRunning = false
  let timer = setTimeout(look, waitMs()).unref()

  function waitMs(): number {
    return Math.min(Math.max(dueMs - Date.now(), 0), LOOK_MS)
  }

  function look(): void {
    // However many times have passed, by sleep or by the clock: one run does the work of all.
    if (Date.now() >= dueMs && !isRunning) void run()
    dueMs = nextTime()
    timer = setTimeout(look, waitMs()).unref()
  }

  async function run(): Promise<void> {
    isRunning = true
    try {
      await job.run()
    } catch (thrown) {
      failed(job, asSidecarError(thrown))
    } finally {
      isRunning = false
    }
  }

  return () => clearTimeout(timer)
}
