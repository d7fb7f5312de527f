/**
 * Every metric with its type, labels and meaning: counters.ts makes series only for what stands here, metrics.ts prints
 * it, the documentation lists it. Names get the prefix `vedette_` when printed. Label values come from small known
 * sets, never from a host name.
 */

export interface MetricTraits {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds in seconds, for a histogram. */
  readonly buckets?: readonly number[]
  /** Most label combinations kept; further ones are counted under `_other`. */
  readonly seriesMax?: number
}

/** The bounds OpenTelemetry recommends for short durations. */
const phaseBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
/** From a fast answer to a long poll of an hour. */
const lifeBuckets = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600]

export const metricTable = {
  connections_total: {
    type: 'counter',
    help: 'Requests and tunnels that are over, by what the policy decided and why.',
    labels: ['entrance', 'decision', 'reason', 'profile'],
  },
  connections_open: {
    type: 'gauge',
    help: 'Requests and tunnels under way, by the generation they run in; older ones than the last three are one.',
    labels: ['entrance', 'generation'],
  },
  connection_duration_seconds: {
    type: 'histogram',
    help: 'Life of a request or tunnel from its first byte to its end.',
    labels: ['entrance', 'decision'],
    buckets: lifeBuckets,
  },
  connect_duration_seconds: {
    type: 'histogram',
    help: 'Time to reach a backend, by phase: dns, connect, tls, first_byte.',
    labels: ['phase'],
    buckets: phaseBuckets,
  },
  tls_handshakes_total: {
    type: 'counter',
    help: 'Handshakes with backends, by result (ok, fail) and what was agreed.',
    labels: ['result', 'protocol', 'cipher', 'group', 'resumed'],
    seriesMax: 300,
  },
  tls_verify_failures_total: {
    type: 'counter',
    help: 'Findings about backends, by name and whether they refused the connection.',
    labels: ['reason', 'enforced'],
  },
  exception_uses_total: {
    type: 'counter',
    help: 'Handshakes that only an exception let pass, by its id in vedette exceptions.',
    labels: ['exception'],
  },
  tls_classic_retries_total: {
    type: 'counter',
    help: 'Broken handshakes tried again without post-quantum groups, by result (ok, fail).',
    labels: ['result'],
  },
  revocation_lists: {
    type: 'gauge',
    help: 'Revocation lists known, by state: good, expired, not-yet-valid, waiting, wrong-issuer, bad.',
    labels: ['state'],
  },
  backend_up: {
    type: 'gauge',
    help: 'Whether a backend passed its last health check (1) or not (0); _other is those that nothing names, 0 if one fails.',
    labels: ['backend'],
    seriesMax: 501,
  },
  backend_certificate_expiration_timestamp_seconds: {
    type: 'gauge',
    help: 'When the certificate of a backend, or one above it, ends; _other is the first of those that nothing names.',
    labels: ['backend'],
    seriesMax: 501,
  },
  backend_health_checks_total: {
    type: 'counter',
    help: 'Health checks of backends made, by result (ok, fail).',
    labels: ['result'],
  },
  tls_intolerant_backends: {
    type: 'gauge',
    help: 'Backends that get no post-quantum groups, because handshakes with them broke twice.',
    labels: [],
  },
  bytes_total: {
    type: 'counter',
    help: 'Bytes relayed: out to backends, in from backends.',
    labels: ['direction', 'entrance'],
  },
  denied_addresses_total: {
    type: 'counter',
    help: 'Resolved addresses that the policy does not dial, by the range they are in.',
    labels: ['range'],
  },
  events_total: {
    type: 'counter',
    help: 'Events that are logged at warn or error, by name; each stands at 0 before the first.',
    labels: ['event'],
  },
  log_lines_dropped_total: {
    type: 'counter',
    help: 'Log lines lost because standard output was too slow, or its disk full.',
    labels: [],
  },
  sightings_dropped_total: {
    type: 'counter',
    help: 'Full handshakes that were not noted as sightings, because there were too many at once.',
    labels: [],
  },
  label_overflow_total: {
    type: 'counter',
    help: 'Times a metric had too many label combinations and counted under _other.',
    labels: ['metric'],
  },
  policy_info: {
    type: 'gauge',
    help: 'The policy version in force; always 1.',
    labels: ['name', 'version', 'sha256', 'source'],
  },
  policy_reloads_total: {
    type: 'counter',
    help: 'Attempts to bring a version into force, by result (success, rejected) and what started them.',
    labels: ['result', 'trigger'],
  },
  policy_last_reload_success: {
    type: 'gauge',
    help: 'Whether the last attempt came into force.',
    labels: [],
  },
  policy_last_reload_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When an attempt last came into force.',
    labels: [],
  },
  policy_revert_timestamp_seconds: {
    type: 'gauge',
    help: 'When the version in force reverts by itself; there only while it waits for a confirmation.',
    labels: [],
  },
  exceptions: {
    type: 'gauge',
    help: 'Exceptions of the policy, by state: holds, ends-within-14-days, ends-within-3-days, over.',
    labels: ['state'],
  },
  stale_files: {
    type: 'gauge',
    help: 'Trust stores and key pairs that cannot be read now and stay as they last were.',
    labels: [],
  },
  truststore_certificates: {
    type: 'gauge',
    help: 'Trust anchors in each trust store in use.',
    labels: ['store'],
  },
  truststore_certificate_expiration_timestamp_seconds: {
    type: 'gauge',
    help: 'When a trust anchor ends, the soonest 500; of bundled and system only where there is room beside the own ones.',
    labels: ['store', 'fingerprint'],
    seriesMax: 501,
  },
  workers: {
    type: 'gauge',
    help: 'Worker processes, by state: active, draining.',
    labels: ['state'],
  },
  workers_short_of_memory: {
    type: 'gauge',
    help: 'Workers that take nothing new because their memory is nearly used up; there once one was.',
    labels: [],
  },
  build_info: {
    type: 'gauge',
    help: 'What is running; always 1.',
    labels: ['version', 'commit', 'node', 'openssl'],
  },
} as const satisfies Record<string, MetricTraits>

export type MetricName = keyof typeof metricTable
/** The label values one metric wants, by name. */
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof metricTable)[N]['labels'][number], string>>

/** Gives the traits of a metric with the optional ones in reach. */
export function traitsOf(name: MetricName): MetricTraits {
  return metricTable[name]
}
