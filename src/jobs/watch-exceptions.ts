import type { Job } from './schedule.ts'

/** Looks after exceptions that end. They end with a day in UTC, and a machine that slept through it has the next hour. */
export function watchExceptions(look: () => void): Job {
  return { name: 'watch-exceptions', cron: '3 * * * *', run: async () => look() }
}
