/** What the overview draws, from the counters of all workers. */
import { labelValuesOf, type Totals } from '../../observe/tally.ts'
import type { Summary } from '../contract.ts'
import type { Frozen } from '../instance.ts'

/** A reading of the counters. */
export interface Reading {
  readonly timeMs: number
  readonly version: number
  readonly decisions: Readonly<Record<string, number>>
}

/** Reads how many requests were decided how, in all. */
export function readDecisions(totals: Totals): Readonly<Record<string, number>> {
  return sumBy(totals.connections_total, 1)
}

/** Makes the summary: readings become what came between them. */
export function summarise(readings: readonly Reading[], totals: Totals): Frozen<Summary> {
  const points = readings.slice(1).map(({ timeMs, version, decisions }, index) => {
    const before = readings[index]?.decisions ?? {}
    const since = Object.entries(decisions).map(([name, count]) => [name, Math.max(0, count - (before[name] ?? 0))])
    return { timeMs, version, decisions: Object.fromEntries(since) as Record<string, number> }
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
