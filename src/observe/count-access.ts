/** Counts what an access record says. Runs for every request, so each series is resolved once and kept. */
import type { AccessRecord } from './access-record.ts'
import type { Counters } from './counters.ts'
import type { Counter, Histogram } from './tally.ts'

export interface CountAccessOptions {
  readonly counters: Counters
  /** The default set that a rule follows, by the rule's name: a metric label. */
  readonly profileOf: (rule: string) => string
}

interface Series {
  readonly connections: Counter
  readonly duration: Histogram
  readonly bytesIn: Counter
  readonly bytesOut: Counter
}

/** What the record before this one was counted by. */
interface Last extends Readonly<Record<'entrance' | 'decision' | 'reason' | 'rule', string>> {
  readonly series: Series
}

/** Makes the function that counts one record. */
export function createAccessCounter({ counters, profileOf }: CountAccessOptions): (record: AccessRecord) => void {
  const kept = new Map<string, Series>()
  // Most records count as the one before did.
  let last: Last | undefined
  const phases = {
    dns: counters.connectDuration({ phase: 'dns' }),
    connect: counters.connectDuration({ phase: 'connect' }),
    tls: counters.connectDuration({ phase: 'tls' }),
    firstByte: counters.connectDuration({ phase: 'first_byte' }),
  }

  function seriesOf(record: AccessRecord, reason: string): Series {
    const { entrance, decision, rule } = record
    if (last?.rule === rule && last.decision === decision && last.reason === reason && last.entrance === entrance) {
      return last.series
    }
    const key = `${entrance}|${decision}|${reason}|${rule}`
    const series = kept.get(key) ?? newSeries(record, reason)
    kept.set(key, series)
    last = { entrance, decision, reason, rule, series }
    return series
  }

  function newSeries({ entrance, decision, rule }: AccessRecord, reason: string): Series {
    return {
      connections: counters.connections({ entrance, decision, reason, profile: profileOf(rule) }),
      bytesIn: counters.bytes({ direction: 'in', entrance }),
      bytesOut: counters.bytes({ direction: 'out', entrance }),
      duration: counters.connectionDuration({ entrance, decision }),
    }
  }

  return (record) => {
    const { connections, duration, bytesIn, bytesOut } = seriesOf(record, reasonOf(record))
    connections.add(1)
    duration.observe(record.totalMs / 1000)
    bytesIn.add(record.bytesIn)
    bytesOut.add(record.bytesOut)
    if (record.firstByteMs >= 0) phases.firstByte.observe(record.firstByteMs / 1000)
    // The phases of a dial belong to the request that waited for it; a pooled connection has none left to tell.
    if (record.tlsMs >= 0) phases.tls.observe(record.tlsMs / 1000)
    if (record.connectMs >= 0) phases.connect.observe(record.connectMs / 1000)
    if (record.dnsMs >= 0) phases.dns.observe(record.dnsMs / 1000)
  }
}

/** Why it was allowed or not, in a word from a small known set: a finding, an error code, or what let it pass. */
function reasonOf({ error, findings, because, verdict }: AccessRecord): string {
  if (error === 'POLICY_VERDICT_REFUSED') return findings[0]?.name ?? error
  if (error !== '') return error
  return because[0] ?? verdict
}
