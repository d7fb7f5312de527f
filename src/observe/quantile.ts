/**
 * Estimates a quantile from the counts of a histogram's buckets, as Prometheus does: straight through the bucket it falls
 * into, and the last bound for what lies beyond it. Undefined where nothing was observed.
 */
export function quantile(
  share: number,
  { counts, bounds }: { readonly counts: readonly number[]; readonly bounds: readonly number[] },
): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  const rank = share * total
  let below = 0
  for (const [bucket, bound] of bounds.entries()) {
    const count = counts[bucket] ?? 0
    if (below + count >= rank && count > 0) {
      const from = bounds[bucket - 1] ?? 0
      return from + (bound - from) * ((rank - below) / count)
    }
    below += count
  }
  return bounds.at(-1)
}
