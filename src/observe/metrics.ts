/**
 * The text Prometheus reads: what the workers counted, what the control process knows, and the process's own figures.
 * Only home of prom-client, which prints and measures the process but does not count: the counting is done in workers
 * that must not pay for it.
 */

import { collectDefaultMetrics, type Metric, Registry, type RegistryContentType } from 'prom-client'
import { byBackendLabel, type ToldOfBackend } from './by-backend-label.ts'
import { type EventName, events } from './event-names.ts'
import { type MetricName, metricTable, traitsOf } from './metric-table.ts'
import { createTally, type HistogramTotal, labelValuesOf, type Tally, type Totals } from './tally.ts'

export interface MetricsOptions {
  /** Asked at each scrape for the sum of all workers. */
  readonly workers: () => Totals
  readonly build: { readonly version: string; readonly commit: string }
}

export interface Metrics {
  /** What the control process counts and sets itself. */
  readonly tally: Pick<Tally, 'counter'>
  /** Counts an event that somebody should look at, so that an alert can hold on to its name. */
  logged(event: EventName): void
  policyInForce(policy: { name: string; version: number; sha256: string; source: string }): void
  policyReloaded(attempt: { result: 'success' | 'rejected'; trigger: string; timeMs: number }): void
  trustStores(stores: readonly { name: string; certificates: number }[]): void
  /** Those that matter most first: only so many are told as a scrape can bear. */
  trustAnchors(anchors: readonly { readonly store: string; readonly sha256: string; readonly endMs: number }[]): void
  workers(states: { active: number; draining: number }): void
  /** When the version in force reverts by itself; null where it stays. */
  revertsAt(timeMs: number | null): void
  exceptions(exceptions: readonly { readonly state: string }[]): void
  staleFiles(count: number): void
  intolerantBackends(count: number): void
  revocationLists(lists: readonly { readonly state: string }[]): void
  backendsUp(states: readonly (ToldOfBackend & { readonly ok: boolean })[]): void
  backendCertificates(ends: readonly (ToldOfBackend & { readonly endMs: number })[]): void
  /** Prints everything in the format the Accept field asks for. */
  text(accept: string | undefined): Promise<MetricsText>
}

export interface MetricsText {
  readonly contentType: string
  readonly body: string
}

/** Makes the metrics of the control process. */
export function createMetrics(options: MetricsOptions): Metrics {
  const own = createTally()
  const ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess })
  own
    .gauge('build_info', { ...options.build, node: process.versions.node, openssl: process.versions.openssl ?? '' })
    .set(1)
  return {
    ...settersOn(own),
    logged: eventCounterOn(own),
    tally: own,
    async text(accept) {
      const contentType = prefersOpenMetrics(accept)
        ? Registry.OPENMETRICS_CONTENT_TYPE
        : Registry.PROMETHEUS_CONTENT_TYPE
      const printed = [...samplesOf([options.workers(), own.totals()]), ...(await ofProcess.getMetricsAsJSON())]
      return { contentType, body: await print(printed as Sample[], contentType) }
    },
  }
}

/** Makes all series at once: Prometheus sees no increase in a series that begins with its first event. */
function eventCounterOn(own: Tally): Metrics['logged'] {
  const names = (Object.keys(events) as EventName[]).filter((name) => /warn|error/.test(events[name].level))
  const series = new Map(names.map((event) => [event, own.counter('events_total', { event })]))
  return (name) => series.get(name)?.add(1)
}

function settersOn(own: Tally): Omit<Metrics, 'tally' | 'text' | 'logged'> {
  return {
    policyInForce({ name, version, sha256, source }) {
      own.forget('policy_info')
      own.gauge('policy_info', { name, version: String(version), sha256: sha256.slice(0, 12), source }).set(1)
    },
    policyReloaded({ result, trigger, timeMs }) {
      own.counter('policy_reloads_total', { result, trigger }).add(1)
      own.gauge('policy_last_reload_success', {}).set(result === 'success' ? 1 : 0)
      if (result === 'success') own.gauge('policy_last_reload_success_timestamp_seconds', {}).set(timeMs / 1000)
    },
    trustStores(stores) {
      own.forget('truststore_certificates')
      for (const { name, certificates } of stores)
        own.gauge('truststore_certificates', { store: name }).set(certificates)
    },
    trustAnchors(anchors) {
      own.forget('truststore_certificate_expiration_timestamp_seconds')
      for (const { store, sha256: fingerprint, endMs } of anchors.slice(0, ANCHORS_MAX))
        own.gauge('truststore_certificate_expiration_timestamp_seconds', { store, fingerprint }).set(endMs / 1000)
    },
    workers({ active, draining }) {
      own.gauge('workers', { state: 'active' }).set(active)
      own.gauge('workers', { state: 'draining' }).set(draining)
    },
    revertsAt(timeMs) {
      own.forget('policy_revert_timestamp_seconds')
      if (timeMs !== null) own.gauge('policy_revert_timestamp_seconds', {}).set(timeMs / 1000)
    },
    exceptions(exceptions) {
      own.forget('exceptions')
      for (const { state } of exceptions) own.gauge('exceptions', { state }).add(1)
    },
    staleFiles(count) {
      own.gauge('stale_files', {}).set(count)
    },
    intolerantBackends(count) {
      own.gauge('tls_intolerant_backends', {}).set(count)
    },
    backendsUp(states) {
      own.forget('backend_up')
      for (const [backend, told] of byBackendLabel(states))
        own.gauge('backend_up', { backend }).set(told.every(({ ok }) => ok) ? 1 : 0)
    },
    backendCertificates(ends) {
      own.forget('backend_certificate_expiration_timestamp_seconds')
      for (const [backend, told] of byBackendLabel(ends)) {
        const firstMs = Math.min(...told.map(({ endMs }) => endMs))
        own.gauge('backend_certificate_expiration_timestamp_seconds', { backend }).set(firstMs / 1000)
      }
    },
    revocationLists(lists) {
      own.forget('revocation_lists')
      for (const { state } of lists) own.gauge('revocation_lists', { state }).add(1)
    },
  }
}

const ANCHORS_MAX = 500

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
