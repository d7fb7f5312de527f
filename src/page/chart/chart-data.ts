/** What a chart over time takes: one row of times, one of values for each line, and where versions changed. */
import type { Summary } from '../../admin/contract.ts'

export interface ChartData {
  /** Seconds since the epoch, which is what the chart counts in. */
  readonly times: readonly number[]
  /** A value that is null leaves a gap. */
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
  /** The values are counts. */
  readonly isWhole?: boolean
  readonly marks: readonly { readonly time: number; readonly text: string }[]
}

/** Makes what all charts of the points share: their times, and the marks of the versions. */
export function timesAndMarks({ points }: Pick<Summary, 'points'>): Pick<ChartData, 'times' | 'marks'> {
  return {
    times: points.map(({ timeMs }) => Math.round(timeMs / 1000)),
    marks: points.flatMap(({ timeMs, version }, index) => {
      const before = points[index - 1]?.version
      const isNew = before !== undefined && before !== version
      return isNew ? [{ time: Math.round(timeMs / 1000), text: `v${version}` }] : []
    }),
  }
}
