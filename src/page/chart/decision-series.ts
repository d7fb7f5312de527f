/** Decisions as a chart takes them, and counts in order. */
import type { Summary } from '../../admin/contract.ts'
import { type ChartData, timesAndMarks } from './chart-data.ts'

/** Every decision, the good ones first. Always all of them, so that a line does not change its look when another begins. */
export const decisionNames = ['allow', 'allow-untrusted', 'deny', 'error'] as const

/** Makes the rows of the chart of decisions. */
export function decisionSeries(summary: Pick<Summary, 'points'>): ChartData {
  const { points } = summary
  return {
    ...timesAndMarks(summary),
    isWhole: true,
    series: decisionNames.map((name) => ({ name, values: points.map(({ decisions }) => decisions[name] ?? 0) })),
  }
}

/** Sums each decision over the points. */
export function sumDecisions({ points }: Pick<Summary, 'points'>): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const { decisions } of points) {
    for (const [name, count] of Object.entries(decisions)) sums[name] = (sums[name] ?? 0) + count
  }
  return sums
}

/** Puts counts in order, the largest first, and says the share of each. */
export function rankCounts(
  counts: Readonly<Record<string, number>>,
): readonly { readonly name: string; readonly count: number; readonly share: number }[] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => ({ name, count, share: count / total }))
    .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
}
