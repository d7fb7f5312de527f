/** Points of the summary as a chart takes them: one row of times, one of each decision, and where versions changed. */
import type { Summary } from '../../admin/contract.ts'

export interface ChartData {
  /** Seconds since the epoch, which is what the chart counts in. */
  readonly times: readonly number[]
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[]
  readonly marks: readonly { readonly time: number; readonly text: string }[]
}

/** Every decision, the good ones first. Always all of them, so that a line does not change its look when another begins. */
export const decisionNames = ['allow', 'allow-untrusted', 'deny', 'error'] as const

/** Makes the rows of the chart of decisions. */
export function decisionSeries({ points }: Pick<Summary, 'points'>): ChartData {
  return {
    times: points.map(({ timeMs }) => Math.round(timeMs / 1000)),
    series: decisionNames.map((name) => ({ name, values: points.map(({ decisions }) => decisions[name] ?? 0) })),
    marks: points.flatMap(({ timeMs, version }, index) => {
      const before = points[index - 1]?.version
      const isNew = before !== undefined && before !== version
      return isNew ? [{ time: Math.round(timeMs / 1000), text: `v${version}` }] : []
    }),
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
