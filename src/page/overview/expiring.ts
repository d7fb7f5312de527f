/** Certificates that end soon, those of backends and those of trust stores in one list, the most urgent first. */
import type { Backend, TrustStore } from '../../admin/contract.ts'
import { daysLeft } from '../show/describe-time.ts'

export interface Expiring {
  readonly what: 'backend' | 'trust store'
  readonly name: string
  readonly endMs: number
  readonly days: number
}

/** Lists what ends within a number of days, or has ended. */
export function expiring(
  { backends, stores }: { readonly backends: readonly Backend[]; readonly stores: readonly TrustStore[] },
  { nowMs, withinDays }: { readonly nowMs: number; readonly withinDays: number },
): readonly Expiring[] {
  const ofBackends = backends.flatMap(({ backend, notAfterMs }) =>
    notAfterMs === null ? [] : [{ what: 'backend' as const, name: backend, endMs: notAfterMs }],
  )
  // Hundreds of authorities ship with the system and some of them are always about to end; nobody here can renew one.
  const ofStores = stores
    .filter(({ builtIn, firstExpiry }) => !builtIn && firstExpiry !== '')
    .map(({ name, firstExpiry }) => ({ what: 'trust store' as const, name, endMs: Date.parse(firstExpiry) }))
  return [...ofBackends, ...ofStores]
    .map((each) => ({ ...each, days: daysLeft(each.endMs, nowMs) }))
    .filter(({ days }) => days <= withinDays)
    .sort((one, other) => one.endMs - other.endMs)
}

/** Sorts certificates of backends by days left into the columns of the chart. */
export function byDaysLeft(backends: readonly Backend[], nowMs: number): Readonly<Record<string, number>> {
  const counts = Object.fromEntries(columns.map(([name]) => [name, 0])) as Record<string, number>
  for (const { notAfterMs } of backends) {
    if (notAfterMs === null) continue
    const days = daysLeft(notAfterMs, nowMs)
    const [name] = columns.find(([, below]) => days < below) ?? ['']
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const columns: readonly (readonly [string, number])[] = [
  ['ended', 0],
  ['under 7 days', 7],
  ['under 30 days', 30],
  ['under 90 days', 90],
  ['90 days or more', Number.POSITIVE_INFINITY],
]
