/**
 * What Prometheus reads: what the workers counted, and what the control process knows. What prints it is loaded with the
 * first scrape: an instance that nobody scrapes does without.
 */
import { byBackendLabel, type ToldOfBackend } from './by-backend-label.ts'
import { type EventName, events } from './event-names.ts'
import type { MetricsText, PrintMetrics } from './print-metrics.ts'
import { createTally, type Tally, type Totals } from './tally.ts'

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

/** Makes the metrics of the control process. */
export function createMetrics(options: MetricsOptions): Metrics {
  const own = createTally()
  let print: Promise<PrintMetrics> | undefined
  own
    .gauge('build_info', { ...options.build, node: process.versions.node, openssl: process.versions.openssl ?? '' })
    .set(1)
  return {
    ...settersOn(own),
    logged: eventCounterOn(own),
    tally: own,
    async text(accept) {
      print ??= import('./print-metrics.ts').then(({ createPrinter }) => createPrinter())
      return (await print)([options.workers(), own.totals()], accept)
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
