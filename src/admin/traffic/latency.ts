/** How long it took to reach backends between two readings of the counters, by phase. */
import { traitsOf } from '../../observe/metric-table.ts'
import { quantile } from '../../observe/quantile.ts'
import { labelValuesOf, type Totals } from '../../observe/tally.ts'
import type { Summary } from '../contract.ts'
import type { Frozen } from '../instance.ts'

type Latency = Frozen<Summary['points'][number]['latency']>
type Phase = keyof Latency
/** Counts of the buckets, by phase. */
export type PhaseCounts = Readonly<Partial<Record<Phase, readonly number[]>>>

const phases: Readonly<Record<string, Phase>> = {
  dns: 'dns',
  connect: 'connect',
  tls: 'tls',
  first_byte: 'firstByte',
}

/** Reads how often each phase took how long, in all. */
export function readPhases({ connect_duration_seconds: series = {} }: Totals): PhaseCounts {
  const counts: Partial<Record<Phase, readonly number[]>> = {}
  for (const [key, total] of Object.entries(series)) {
    const phase = phases[labelValuesOf(key)[0] ?? '']
    if (phase !== undefined && typeof total !== 'number') counts[phase] = total.counts
  }
  return counts
}

/** Says what came between two readings. */
export function latencyBetween(before: PhaseCounts, after: PhaseCounts): Latency {
  const of = (phase: Phase) => describe((after[phase] ?? []).map((count, nth) => count - (before[phase]?.[nth] ?? 0)))
  return { dns: of('dns'), connect: of('connect'), tls: of('tls'), firstByte: of('firstByte') }
}

function describe(since: readonly number[]): Latency[Phase] {
  // Workers that are gone still count, so that nothing falls; should a figure ever, it must not show as time.
  const counts = since.map((count) => Math.max(0, count))
  const [p50, p95] = [0.5, 0.95].map((share) => quantile(share, { counts, bounds }))
  if (p50 === undefined || p95 === undefined) return null
  return { count: counts.reduce((sum, count) => sum + count, 0), p50Ms: toMs(p50), p95Ms: toMs(p95) }
}

function toMs(seconds: number): number {
  return Math.round(seconds * 10_000) / 10
}

const bounds = traitsOf('connect_duration_seconds').buckets ?? []
