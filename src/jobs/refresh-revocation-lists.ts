import type { Job } from './schedule.ts'

/** Fetches lists again before they end; which ones, their keeper knows. Every minute, for lists of an hour. */
export function refreshRevocationLists(refresh: () => Promise<void>): Job {
  return { name: 'refresh-revocation-lists', cron: '* * * * *', run: refresh }
}
