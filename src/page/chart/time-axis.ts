/** The axis of a chart over time: what it spans, in seconds since the epoch, and how times are written along it. */
import { formatClock, type TimeZone } from '../parts/time-zone.ts'

/** Writes the times along an axis, in 24 hours; with seconds only where they tell two of them apart. */
export function describeSplits(
  splits: readonly number[],
  { stepSeconds, zone }: { readonly stepSeconds: number; readonly zone: TimeZone },
): string[] {
  return splits.map((seconds) => formatClock(seconds * 1000, zone).slice(0, stepSeconds < 60 ? 8 : 5))
}

/** The least that an axis spans, for points that span less: uPlot gives a single one a day. Others may be zoomed into. */
export function leastSpan(times: readonly number[]): [first: number, last: number] | undefined {
  const [first = 0, last = first] = [times[0], times.at(-1)]
  return last - first < SPAN_MIN_S ? [last - SPAN_MIN_S, last] : undefined
}

const SPAN_MIN_S = 60
