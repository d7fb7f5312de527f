import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccessRecord, emptyAccessRecord } from '../../src/observe/access-record.ts'
import { createAccessCounter } from '../../src/observe/count-access.ts'
import { createCounters } from '../../src/observe/counters.ts'
import type { HistogramTotal } from '../../src/observe/tally.ts'

function countOne(overrides: Partial<AccessRecord>) {
  const counters = createCounters()
  const count = createAccessCounter({ counters, profileOf: (rule) => (rule === 'old' ? 'custom' : '2026-11') })
  count({ ...emptyAccessRecord(), ...overrides })
  return counters.snapshot()
}

const expired = { name: 'expired', detail: '' } as const
const rows: { reason: string; record: Partial<AccessRecord>; series: string }[] = [
  { reason: 'a trusted backend', record: { verdict: 'trusted', rule: 'new' }, series: 'proxy|allow|trusted|2026-11' },
  {
    reason: 'a rule with a list of its own',
    record: { verdict: 'trusted', rule: 'old' },
    series: 'proxy|allow|trusted|custom',
  },
  {
    reason: 'what let an untrusted backend pass',
    record: { verdict: 'allowed', decision: 'allow-untrusted', because: ['report'], findings: [expired] },
    series: 'proxy|allow-untrusted|report|2026-11',
  },
  {
    reason: 'the finding that refused',
    record: { verdict: 'refused', decision: 'deny', error: 'POLICY_VERDICT_REFUSED', findings: [expired] },
    series: 'proxy|deny|expired|2026-11',
  },
  {
    reason: 'the code of any other failure',
    record: { decision: 'error', error: 'BACKEND_CONNECT_REFUSED' },
    series: 'proxy|error|BACKEND_CONNECT_REFUSED|2026-11',
  },
]
for (const { reason, record, series } of rows) {
  test(`connections are counted by decision and reason: ${reason}`, () => {
    assert.deepEqual(countOne(record).connections_total, { [series]: 1 })
  })
}

test('bytes are counted in both directions', () => {
  assert.deepEqual(countOne({ bytesIn: 5, bytesOut: 7 }).bytes_total, { 'in|proxy': 5, 'out|proxy': 7 })
})

test('a phase that did not happen is not counted as a fast one', () => {
  const phases = countOne({ dnsMs: -1, connectMs: -1, tlsMs: 20, firstByteMs: 30 }).connect_duration_seconds ?? {}
  const observed = (phase: string) => (phases[phase] as HistogramTotal).counts.reduce((a, b) => a + b, 0)
  assert.deepEqual(['dns', 'connect', 'tls', 'first_byte'].map(observed), [0, 0, 1, 1])
})
