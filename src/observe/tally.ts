/**
 * Counting without a library: a series is resolved once by its labels and then costs one addition. What a tally knows
 * leaves it as plain JSON totals, which survive a message between processes and add up.
 */

import { type LabelsOf, type MetricName, metricTable, traitsOf } from './metric-table.ts'

export interface Counter {
  add(n: number): void
}
export interface Gauge {
  add(n: number): void
  set(n: number): void
}
export interface Histogram {
  observe(seconds: number): void
}

/** Counts per bucket (not cumulative, the last one unbounded) and the sum of all observations. */
export interface HistogramTotal {
  readonly counts: readonly number[]
  readonly sum: number
}

/** All series of one or more processes: metric name, then label values joined by `|` in the order of the table. */
export type Totals = { readonly [N in MetricName]?: Readonly<Record<string, number | HistogramTotal>> }

/** What is kept of label combinations beyond a metric's limit. */
export const otherLabel = '_other'

/** Joins label values to the key of a series. */
export function seriesKey(values: readonly string[]): string {
  return values.join('|')
}

/** Splits the key of a series into its label values; a metric without labels has none. */
export function labelValuesOf(key: string): readonly string[] {
  return key === '' ? [] : key.split('|')
}

export interface Tally {
  counter<N extends MetricName>(name: N, labels: LabelsOf<N>): Counter
  gauge<N extends MetricName>(name: N, labels: LabelsOf<N>): Gauge
  histogram<N extends MetricName>(name: N, labels: LabelsOf<N>): Histogram
  /** Forgets all series of a metric, for gauges whose labels are the news. */
  forget(name: MetricName): void
  totals(): Totals
}

/** Makes an empty tally. `seriesMax` caps every metric that does not name its own limit. */
export function createTally({ seriesMax = 200 }: { readonly seriesMax?: number } = {}): Tally {
  const metrics = new Map<MetricName, Map<string, NumberSeries | HistogramSeries>>()

  function resolve<S extends NumberSeries | HistogramSeries>(name: MetricName, labels: object, make: () => S): S {
    const series = metrics.get(name) ?? new Map<string, NumberSeries | HistogramSeries>()
    metrics.set(name, series)
    let key = keyOf(name, labels as Readonly<Record<string, string>>)
    const known = series.get(key)
    if (known !== undefined) return known as S
    if (series.size >= (traitsOf(name).seriesMax ?? seriesMax)) {
      if (name !== 'label_overflow_total') resolve('label_overflow_total', { metric: name }, newNumber).add(1)
      key = otherKey(name)
    }
    const made = (series.get(key) as S | undefined) ?? make()
    series.set(key, made)
    return made
  }

  return {
    counter: (name, labels) => resolve(name, labels, newNumber),
    gauge: (name, labels) => resolve(name, labels, newNumber),
    histogram: (name, labels) => resolve(name, labels, () => new HistogramSeries(traitsOf(name).buckets ?? [])),
    forget: (name) => void metrics.delete(name),
    totals: () => Object.fromEntries([...metrics].map(([name, series]) => [name, totalsOf(series)])) as Totals,
  }
}

/** The key under which a metric counts what is beyond its limit. */
export function otherKey(name: MetricName): string {
  return seriesKey(metricTable[name].labels.map(() => otherLabel))
}

function keyOf(name: MetricName, labels: Readonly<Record<string, string>>): string {
  let key = ''
  let separator = ''
  for (const label of metricTable[name].labels) {
    const value = labels[label] ?? ''
    // No value of ours holds the separator; should one ever, it must not shift the labels after it.
    key += separator + (value.includes('|') ? value.replaceAll('|', '/') : value)
    separator = '|'
  }
  return key
}

function totalsOf(
  series: ReadonlyMap<string, NumberSeries | HistogramSeries>,
): Record<string, number | HistogramTotal> {
  return Object.fromEntries([...series].map(([key, one]) => [key, one.total()]))
}

function newNumber(): NumberSeries {
  return new NumberSeries()
}

class NumberSeries implements Counter, Gauge {
  #value = 0
  add(n: number): void {
    this.#value += n
  }
  set(n: number): void {
    this.#value = n
  }
  total(): number {
    return this.#value
  }
}

class HistogramSeries implements Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = new Array<number>(bounds.length + 1).fill(0)
  }
  observe(seconds: number): void {
    let bucket = 0
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] as number)) bucket++
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#sum += seconds
  }
  total(): HistogramTotal {
    return { counts: [...this.#counts], sum: this.#sum }
  }
}
