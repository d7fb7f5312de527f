/** The value at a share (0 to 1) of the sorted values, nearest rank; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = Float64Array.from(values).sort()
  const rank = Math.ceil(share * sorted.length) - 1
  return sorted[Math.min(Math.max(rank, 0), sorted.length - 1)] as number
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}

/** Ratios of what was measured side by side, round by round: drift of the machine cancels out in each of them. */
export function pairedRatios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.slice(0, theirs.length).map((value, round) => value / (theirs[round] as number))
}

/** The mean of ratios and of what spreads by factors: one value of ten that is ten times the others moves it by a quarter; NaN for none. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)))
}

/** The standard error of the geometric mean, as a factor: the true one is within it either way in two of three runs. NaN for fewer than two. */
export function geometricError(values: readonly number[]): number {
  const logs = values.map(Math.log)
  const middle = mean(logs)
  const variance = logs.reduce((sum, log) => sum + (log - middle) ** 2, 0) / (logs.length - 1)
  return Math.exp(Math.sqrt(variance / logs.length))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
