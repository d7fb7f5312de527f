/** Times as people say them, beside those of parts/time.tsx. Pure; the clock is passed in. */

/** How many whole days are left; negative once it is over. */
export function daysLeft(endMs: number, nowMs: number): number {
  return Math.floor((endMs - nowMs) / DAY_MS)
}

/** Says how long a certificate still holds. */
export function describeDaysLeft(days: number): string {
  // Whole days are counted downwards: what ended an hour ago has -1 left.
  if (days < 0) return days === -1 ? 'ended within the last day' : `ended ${plural(-days - 1)} ago`
  if (days === 0) return 'ends today'
  return `${plural(days)} left`
}

function plural(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}

const DAY_MS = 86_400_000

/** Says how far apart two turns are, in the largest unit that says it whole. */
export function describeInterval(ms: number): string {
  const [unit, length] = intervals.find(([, each]) => ms % each === 0) ?? ['ms', 1]
  return `${ms / length} ${unit}`
}

const intervals: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]
