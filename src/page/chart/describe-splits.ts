import { formatClock, type TimeZone } from '../parts/time-zone.ts'

/** Writes the times along an axis, in 24 hours; with seconds only where they tell two of them apart. */
export function describeSplits(
  splits: readonly number[],
  { stepSeconds, zone }: { readonly stepSeconds: number; readonly zone: TimeZone },
): string[] {
  return splits.map((seconds) => formatClock(seconds * 1000, zone).slice(0, stepSeconds < 60 ? 8 : 5))
}
