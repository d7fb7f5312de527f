import { rankCounts } from './decision-series.ts'

/** One thing that was counted, with its part of the whole. */
export interface RankedRow {
  readonly name: string
  readonly count: number
  readonly share: number
}

/** Gives the rows to be shown: the most frequent first, or all in the given order; none where nothing was counted. */
export function rankedRows(counts: Readonly<Record<string, number>>, isOrdered: boolean): readonly RankedRow[] {
  const ranked = rankCounts(counts)
  if (ranked.length === 0 || !isOrdered) return ranked.slice(0, SHOWN_MAX)
  return Object.keys(counts).map((name) => ranked.find((row) => row.name === name) ?? { name, count: 0, share: 0 })
}

const SHOWN_MAX = 10
