/** The axis of a chart over time: what it spans, in seconds since the epoch, and how times are written along it. */
import { formatClock, type TimeZone } from '../parts/time-zone.ts'

/** Writes the times along an axis, in 24 hours; with seconds only where they tell two of them apart. */
export function describeSplits(
  splits: readonly number[],
  { stepSeconds, zone }: { readonly stepSeconds: number; readonly zone: TimeZone },
): string[] {
  return splits.map((seconds) => formatClock(seconds * 1000, zone).slice(0, stepSeconds < 60 ? 8 : 5))
}

/** Spans the points, and a minute at least: uPlot gives a single one a day. */
export function spanOf(times: readonly number[]): [first: number, last: number] {
  const last = times.at(-1) ?? 0
  return [Math.min(times[0] ?? 0, last - SPAN_MIN_S), last]
}

const SPAN_MIN_S = 60
