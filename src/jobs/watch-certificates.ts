import type { Job } from './schedule.ts'

/** Tells the metrics when certificates of backends end, as they were last seen; often enough for a scrape each quarter minute. */
export function watchCertificates(look: () => void): Job {
  return { name: 'watch-certificates', cron: '*/15 * * * * *', run: async () => look() }
}
