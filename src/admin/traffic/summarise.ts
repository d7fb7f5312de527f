/** What the overview draws, from the counters of all workers. */
import { labelValuesOf, type Totals } from '../../observe/tally.ts'
import type { Summary } from '../contract.ts'
import type { Frozen } from '../instance.ts'
import { latencyBetween, type PhaseCounts, readPhases } from './latency.ts'

/** A reading of the counters. */
export interface Reading {
  readonly timeMs: number
  readonly version: number
  readonly decisions: Readonly<Record<string, number>>
  readonly phases: PhaseCounts
}

/**
 * Gives the reading that comes before the first one: whoever started within the hour had counted nothing then, and what was
 * counted before the first reading belongs to that hour. A control process that took over from another one knows no more than
 * the counts since the instance started.
 */
export function readingAtStart({ timeMs, version }: Reading, startedMs: number): readonly Reading[] {
  if (timeMs - startedMs > HOUR_MS) return []
  return [{ timeMs: startedMs, version, decisions: {}, phases: {} }]
}

/** Reads the counters. */
export function readTotals(totals: Totals): Pick<Reading, 'decisions' | 'phases'> {
  return { decisions: sumBy(totals.connections_total, 1), phases: readPhases(totals) }
}

/** Makes the summary: readings become what came between them. */
export function summarise(readings: readonly Reading[], totals: Totals): Frozen<Summary> {
  const points = readings.slice(1).map(({ timeMs, version, decisions, phases }, index) => {
    const before = readings[index] as Reading
    const since = Object.entries(decisions).map(([name, count]) => [
      name,
      Math.max(0, count - (before.decisions[name] ?? 0)),
    ])
    const latency = latencyBetween(before.phases, phases)
    return { timeMs, version, decisions: Object.fromEntries(since) as Record<string, number>, latency }
  })
  const handshakes = totals.tls_handshakes_total
  return {
    points,
    reasons: sumBy(totals.connections_total, 2),
    handshakes: { protocol: sumBy(handshakes, 1), cipher: sumBy(handshakes, 2), group: sumBy(handshakes, 3) },
  }
}

function sumBy(series: Totals['connections_total'], label: number): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [key, count] of Object.entries(series ?? {})) {
    const value = labelValuesOf(key)[label] ?? ''
    if (typeof count === 'number' && value !== '') sums[value] = (sums[value] ?? 0) + count
  }
  return sums
}

const HOUR_MS = 3_600_000
