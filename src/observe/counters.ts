/** What a worker counts. Totals since its start go to the control process every second; a lost message loses nothing. */

import type { LabelsOf } from './metric-table.ts'
import { type Counter, createTally, type Gauge, type Histogram, type Totals } from './tally.ts'

export interface Counters {
  connections(labels: LabelsOf<'connections_total'>): Counter
  connectionsOpen(labels: LabelsOf<'connections_open'>): Gauge
  connectionDuration(labels: LabelsOf<'connection_duration_seconds'>): Histogram
  connectDuration(labels: LabelsOf<'connect_duration_seconds'>): Histogram
  tlsHandshakes(labels: LabelsOf<'tls_handshakes_total'>): Counter
  verifyFailures(labels: LabelsOf<'tls_verify_failures_total'>): Counter
  exceptionUses(labels: LabelsOf<'exception_uses_total'>): Counter
  classicRetries(labels: LabelsOf<'tls_classic_retries_total'>): Counter
  bytes(labels: LabelsOf<'bytes_total'>): Counter
  deniedAddresses(labels: LabelsOf<'denied_addresses_total'>): Counter
  logLinesDropped(): Counter
  workersShortOfMemory(): Gauge
  /** Gives plain JSON totals since the start of this process. */
  snapshot(): Totals
}

/** Makes the counters of one worker process. */
export function createCounters(options: { readonly seriesMax?: number } = {}): Counters {
  const tally = createTally(options)
  return {
    connections: (labels) => tally.counter('connections_total', labels),
    connectionsOpen: (labels) => tally.gauge('connections_open', labels),
    connectionDuration: (labels) => tally.histogram('connection_duration_seconds', labels),
    connectDuration: (labels) => tally.histogram('connect_duration_seconds', labels),
    tlsHandshakes: (labels) => tally.counter('tls_handshakes_total', labels),
    verifyFailures: (labels) => tally.counter('tls_verify_failures_total', labels),
    exceptionUses: (labels) => tally.counter('exception_uses_total', labels),
    classicRetries: (labels) => tally.counter('tls_classic_retries_total', labels),
    bytes: (labels) => tally.counter('bytes_total', labels),
    deniedAddresses: (labels) => tally.counter('denied_addresses_total', labels),
    logLinesDropped: () => tally.counter('log_lines_dropped_total', {}),
    workersShortOfMemory: () => tally.gauge('workers_short_of_memory', {}),
    snapshot: () => tally.totals(),
  }
}
