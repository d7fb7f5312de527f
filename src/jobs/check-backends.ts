import type { Job } from './schedule.ts'

/** Probes the backends whose time has come; how often that is stands in the policy, at least five seconds apart. */
export function checkBackends(look: () => Promise<void>): Job {
  return { name: 'check-backends', cron: '*/5 * * * * *', run: look }
}
