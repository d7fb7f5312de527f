/**
 * The sum of what all workers counted, those that are gone included: a counter that falls because a generation ended
 * would look like a restart to Prometheus. Gauges of the gone are dropped, since nothing of theirs is open any more.
 */

import { type MetricName, metricTable, traitsOf } from './metric-table.ts'
import { type HistogramTotal, labelValuesOf, otherKey, seriesKey, type Totals } from './tally.ts'

export interface MergedCounters {
  /** Takes the newest totals of a worker; they replace its earlier ones. */
  update(worker: number, totals: Totals): void
  /** Keeps the last totals of a worker that ended; what still arrives from it later is ignored. */
  gone(worker: number): void
  merged(): Totals
}

type Sums = { [N in MetricName]?: Record<string, number | HistogramTotal> }

/** Makes an empty sum. Workers are told apart by numbers that are never used twice. */
export function mergeCounters({ seriesMax = 500 }: { readonly seriesMax?: number } = {}): MergedCounters {
  const live = new Map<number, Totals>()
  const ended = new Set<number>()
  const departed: Sums = {}
  return {
    update(worker, totals) {
      if (!ended.has(worker)) live.set(worker, totals)
    },
    gone(worker) {
      const last = live.get(worker)
      if (last !== undefined) addTotals(departed, last, { seriesMax, gauges: false })
      live.delete(worker)
      rememberEnded(ended, worker)
    },
    merged() {
      const sums: Sums = {}
      for (const totals of [departed as Totals, ...live.values()]) addTotals(sums, totals, { seriesMax, gauges: true })
      if (sums.connections_open !== undefined) sums.connections_open = lastGenerations(sums.connections_open)
      return sums as Totals
    },
  }
}

/** Adds totals onto sums, in place. */
function addTotals(sums: Sums, totals: Totals, options: { seriesMax: number; gauges: boolean }): void {
  for (const [name, series] of Object.entries(totals) as [MetricName, Totals[MetricName] & object][]) {
    // A worker of another release, during an upgrade, may count what we do not know.
    if (!Object.hasOwn(metricTable, name)) continue
    if (traitsOf(name).type === 'gauge' && !options.gauges) continue
    const into = sums[name] ?? {}
    sums[name] = into
    for (const [key, value] of Object.entries(series)) {
      const isNew = !Object.hasOwn(into, key)
      const target = isNew && Object.keys(into).length >= options.seriesMax ? otherKey(name) : key
      into[target] = Object.hasOwn(into, target) ? sumOf(into[target] as number | HistogramTotal, value) : value
    }
  }
}

function sumOf(one: number | HistogramTotal, other: number | HistogramTotal): number | HistogramTotal {
  if (typeof one === 'number' || typeof other === 'number') return Number(one) + Number(other)
  return { counts: one.counts.map((count, index) => count + (other.counts[index] ?? 0)), sum: one.sum + other.sum }
}

/** Generations have no bound over time: the newest three keep their number, those before are one. */
function lastGenerations(open: Record<string, number | HistogramTotal>): Record<string, number | HistogramTotal> {
  const generations = Object.keys(open).map((key) => Number(labelValuesOf(key)[1]))
  const newest = new Set([...new Set(generations)].sort((a, b) => b - a).slice(0, 3))
  const bounded: Record<string, number | HistogramTotal> = {}
  for (const [key, value] of Object.entries(open)) {
    const [entrance = '', generation = ''] = labelValuesOf(key)
    const target = newest.has(Number(generation)) ? key : seriesKey([entrance, 'older'])
    bounded[target] = sumOf(bounded[target] ?? 0, value)
  }
  return bounded
}

/** Late messages come within seconds, so only the last thousand that ended need to be known. */
function rememberEnded(ended: Set<number>, worker: number): void {
  ended.add(worker)
  const [oldest] = ended
  if (ended.size > 1000 && oldest !== undefined) ended.delete(oldest)
}
