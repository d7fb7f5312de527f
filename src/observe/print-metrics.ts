/**
 * Prints counts as Prometheus reads them, with the figures of the process itself beside them. Only home of prom-client, which
 * prints and measures the process but does not count: the counting is done in workers that must not pay for it.
 */
import { collectDefaultMetrics, type Metric, Registry, type RegistryContentType } from 'prom-client'
import { type MetricName, metricTable, traitsOf } from './metric-table.ts'
import { type HistogramTotal, labelValuesOf, type Totals } from './tally.ts'

export interface MetricsText {
  readonly contentType: string
  readonly body: string
}

/** Prints the sums of all sources in the format the Accept field asks for. */
export type PrintMetrics = (sources: readonly Totals[], accept: string | undefined) => Promise<MetricsText>

/** Begins to measure the process, and gives what prints. */
export function createPrinter(): PrintMetrics {
  const ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess })
  return async (sources, accept) => {
    const contentType = prefersOpenMetrics(accept)
      ? Registry.OPENMETRICS_CONTENT_TYPE
      : Registry.PROMETHEUS_CONTENT_TYPE
    const printed = [...samplesOf(sources), ...(await ofProcess.getMetricsAsJSON())]
    return { contentType, body: await print(printed as Sample[], contentType) }
  }
}

/** One metric as prom-client's registry prints it. */
interface Sample {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values: readonly { metricName?: string; labels: Record<string, string>; value: number }[]
}

function samplesOf(sources: readonly Totals[]): readonly Sample[] {
  return (Object.keys(metricTable) as MetricName[]).map((metric) => {
    const { help, type } = traitsOf(metric)
    const name = `vedette_${metric}`
    const series = sources.flatMap((totals) => Object.entries(totals[metric] ?? {}))
    return { name, help, type, values: series.flatMap(([key, total]) => valuesOf(name, labelsOf(metric, key), total)) }

    function valuesOf(name: string, labels: Record<string, string>, total: number | HistogramTotal): Sample['values'] {
      return typeof total === 'number' ? [{ labels, value: total }] : histogramValues(metric, name, labels, total)
    }
  })
}

function histogramValues(metric: MetricName, name: string, labels: Record<string, string>, total: HistogramTotal) {
  const bounds = [...(traitsOf(metric).buckets ?? []).map(String), '+Inf']
  let below = 0
  const buckets = bounds.map((le, index) => {
    below += total.counts[index] ?? 0
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: total.sum },
    { metricName: `${name}_count`, labels, value: below },
  ]
}

function labelsOf(metric: MetricName, key: string): Record<string, string> {
  const values = labelValuesOf(key)
  return Object.fromEntries(metricTable[metric].labels.map((label, index) => [label, values[index] ?? '']))
}

/**
 * Prints through a registry of its own each time: for OpenMetrics prom-client cuts `_total` from the names of what is
 * registered, for good, and the next plain scrape would get the cut names.
 */
async function print(samples: readonly Sample[], contentType: RegistryContentType): Promise<string> {
  const registry = new Registry<RegistryContentType>()
  registry.setContentType(contentType)
  for (const sample of samples) {
    // Figures of the process that have nothing to average yet are NaN, which it prints in a spelling of its own.
    const values = sample.values.filter(({ value }) => !Number.isNaN(value))
    const metric = { ...sample, get: async () => ({ ...sample, values, name: metric.name }) }
    registry.registerMetric(metric as unknown as Metric)
  }
  return registry.metrics()
}

/** OpenMetrics only when asked for by name and not put behind plain text, which is what scrapers send. */
function prefersOpenMetrics(accept: string | undefined): boolean {
  const weights = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    return { type, weight: weight === undefined ? 1 : Number(weight) }
  })
  const best = (type: string) =>
    Math.max(0, ...weights.filter((one) => one.type === type).map((one) => one.weight || 0))
  return best('application/openmetrics-text') > 0 && best('application/openmetrics-text') >= best('text/plain')
}
