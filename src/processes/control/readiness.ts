/** The checks behind /livez, /readyz and /startupz, as a pure function of what control knows. */
import type { HealthCheck } from '../../observe/health-report.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { Overview } from '../messages.ts'
import { describeRunning, type RejectedNow } from './status.ts'

export interface Knowledge {
  readonly snapshot: Snapshot | undefined
  readonly rejected: RejectedNow | undefined
  /** Trust stores and key pairs that are bad now and stay as they last were good. */
  readonly alarms: readonly string[]
  readonly overview: Overview
  /** True once the first generation was in force. */
  readonly started: boolean
  readonly stopping: boolean
}

/**
 * Judges the instance. A rejected change does not make it unready: it still serves, under the version before. A crash
 * loop does, because what still serves may be next.
 */
export function healthChecks({
  snapshot,
  rejected,
  alarms,
  overview,
  started,
  stopping,
}: Knowledge): readonly HealthCheck[] {
  const live = overview.generations.find(({ state }) => state === 'live')
  const accepting = live?.workers.filter(({ state }) => state === 'accepting').length ?? 0
  const all = live?.workers.length ?? 0
  return [
    { name: 'control', ok: true, detail: '', paths: ['livez'] },
    {
      name: 'started',
      ok: started,
      detail: started ? '' : 'the first generation is not in force yet',
      paths: ['startupz'],
    },
    { name: 'policy', ok: snapshot !== undefined, detail: describeRunning(snapshot, rejected), paths: ['readyz'] },
    { name: 'trust', ok: true, detail: describeAlarms(alarms), paths: ['readyz'] },
    {
      name: 'workers',
      ok: accepting > 0 && !overview.crashLoop,
      detail: overview.crashLoop ? 'workers die one after the other' : `${accepting} of ${all} accept callers`,
      paths: ['readyz'],
    },
    { name: 'draining', ok: !stopping, detail: stopping ? 'the instance is shutting down' : '', paths: ['readyz'] },
  ]
}

function describeAlarms(alarms: readonly string[]): string {
  return alarms.length === 0 ? '' : `the last good one stays in force: ${alarms.join('; ')}`
}
