/** How much of the traffic the policy refuses, for a version on probation; pure arithmetic on counter totals. */
import { labelValuesOf, type Totals } from '../../../observe/tally.ts'

export interface Traffic {
  readonly requests: number
  readonly refused: number
}

/** Fewer say nothing: one refused request of two is no trend. */
const REQUESTS_MIN = 20
/** Where `decision` stands among the labels of connections_total. */
const DECISION = 1

/** Sums up what callers asked for and how much of it was refused. */
export function trafficOf(totals: Totals): Traffic {
  const series = Object.entries(totals.connections_total ?? {})
  const sum = (entries: typeof series) => entries.reduce((total, [, count]) => total + Number(count), 0)
  const refused = series.filter(([key]) => labelValuesOf(key)[DECISION] === 'deny')
  return { requests: sum(series), refused: sum(refused) }
}

/** Says that too much was refused since `from`, or nothing. */
export function describeExcess({ from, to, ratio }: { from: Traffic; to: Traffic; ratio: number }): string | undefined {
  const requests = to.requests - from.requests
  const refused = to.refused - from.refused
  if (requests < REQUESTS_MIN || refused / requests <= ratio) return undefined
  return `${refused} of ${requests} requests were refused, more than ${ratio * 100} %`
}
