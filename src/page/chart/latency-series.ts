import type { Summary } from '../../admin/contract.ts'
import { type ChartData, timesAndMarks } from './chart-data.ts'

/** Which of the durations is drawn: half of them, or all but one in twenty, are shorter. */
export type Percentile = 'p50Ms' | 'p95Ms'

/** Makes the rows of the chart of latency: a line for each phase, in milliseconds, with a gap where nothing was dialled. */
export function latencySeries(summary: Pick<Summary, 'points'>, percentile: Percentile): ChartData {
  return {
    ...timesAndMarks(summary),
    series: phases.map(({ phase, name }) => ({
      name,
      values: summary.points.map(({ latency }) => latency[phase]?.[percentile] ?? null),
    })),
  }
}

const phases = [
  { phase: 'dns', name: 'DNS' },
  { phase: 'connect', name: 'Connect' },
  { phase: 'tls', name: 'TLS' },
  { phase: 'firstByte', name: 'First byte' },
] as const
