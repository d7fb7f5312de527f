import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCounters } from '../../src/observe/counters.ts'
import { mergeCounters } from '../../src/observe/merge-counters.ts'
import { metricTable } from '../../src/observe/metric-table.ts'
import { createMetrics } from '../../src/observe/metrics.ts'

const counters = createCounters()
const merged = mergeCounters()
const metrics = createMetrics({
  workers: () => {
    merged.update(1, counters.snapshot())
    return merged.merged()
  },
  build: { version: '0.1.0', commit: 'abc' },
})

async function linesOf(accept?: string): Promise<readonly string[]> {
  const { body } = await metrics.text(accept)
  return body.split('\n')
}

test('a scrape shows what the workers counted and what control knows, with types and help', async () => {
  counters.connections({ entrance: 'proxy', decision: 'deny', reason: 'expired', profile: 'custom' }).add(3)
  counters.connectDuration({ phase: 'dns' }).observe(0.06)
  metrics.policyInForce({ name: 'default', version: 8, sha256: 'f'.repeat(64), source: 'file' })
  metrics.policyInForce({ name: 'default', version: 9, sha256: '0123456789abcdef', source: 'cli' })
  metrics.policyReloaded({ result: 'success', trigger: 'cli', timeMs: 1_795_000_000_500 })
  metrics.policyReloaded({ result: 'rejected', trigger: 'file', timeMs: 1_795_000_001_000 })
  metrics.trustStores([{ name: 'bundled', certificates: 121 }])
  metrics.workers({ active: 2, draining: 1 })
  const lines = await linesOf()
  for (const line of [
    '# TYPE vedette_connections_total counter',
    'vedette_connections_total{entrance="proxy",decision="deny",reason="expired",profile="custom"} 3',
    '# TYPE vedette_connect_duration_seconds histogram',
    'vedette_connect_duration_seconds_bucket{le="0.05",phase="dns"} 0',
    'vedette_connect_duration_seconds_bucket{le="0.075",phase="dns"} 1',
    'vedette_connect_duration_seconds_bucket{le="+Inf",phase="dns"} 1',
    'vedette_connect_duration_seconds_sum{phase="dns"} 0.06',
    'vedette_connect_duration_seconds_count{phase="dns"} 1',
    'vedette_policy_info{name="default",version="9",sha256="0123456789ab",source="cli"} 1',
    'vedette_policy_reloads_total{result="success",trigger="cli"} 1',
    'vedette_policy_last_reload_success 0',
    'vedette_policy_last_reload_success_timestamp_seconds 1795000000.5',
    'vedette_truststore_certificates{store="bundled"} 121',
    'vedette_workers{state="draining"} 1',
  ]) {
    assert.ok(lines.includes(line), line)
  }
  assert.equal(lines.filter((line) => line.startsWith('vedette_policy_info{')).length, 1)
  assert.ok(lines.some((line) => line.startsWith('vedette_build_info{version="0.1.0",commit="abc",node="26.')))
  assert.ok(lines.some((line) => line.startsWith('process_resident_memory_bytes ')))
  assert.ok(lines.some((line) => line.startsWith('nodejs_eventloop_lag_seconds ')))
})

test('what stands now is told anew each time: states that are gone and deadlines that are over leave no series', async () => {
  metrics.revertsAt(1_795_000_000_000)
  metrics.exceptions([{ state: 'holds' }, { state: 'over' }, { state: 'over' }])
  metrics.staleFiles(2)
  const before = await linesOf()
  for (const line of [
    'vedette_policy_revert_timestamp_seconds 1795000000',
    'vedette_exceptions{state="over"} 2',
    'vedette_stale_files 2',
  ])
    assert.ok(before.includes(line), line)
  metrics.revertsAt(null)
  metrics.exceptions([{ state: 'holds' }])
  metrics.staleFiles(0)
  const after = await linesOf()
  assert.ok(after.includes('vedette_stale_files 0'))
  assert.ok(!after.some((line) => line.startsWith('vedette_policy_revert_timestamp_seconds ')))
  assert.ok(!after.some((line) => line.includes('state="over"')))
})

test('certificates are told by their end: callers choose no label, and there are no more anchors than a scrape can bear', async () => {
  const named = { backend: 'a:443', isNamed: true, endMs: 5000 }
  const met = [9000, 7000, 8000].map((endMs) => ({ backend: `evil${endMs}:1`, isNamed: false, endMs }))
  metrics.backendCertificates([named, ...met])
  metrics.backendsUp([{ ...named, ok: true }, ...met.map((each) => ({ ...each, ok: each.endMs > 7000 }))])
  const anchors = Array.from({ length: 600 }, (_, nth) => ({ store: 'corp', sha256: `f${nth}`, endMs: nth * 1000 }))
  metrics.trustAnchors(anchors)
  const lines = (await linesOf()).filter((line) => /^vedette_(backend|truststore)_.*\{/.test(line))
  const of = (name: string) => lines.filter((line) => line.startsWith(`vedette_${name}`))
  assert.deepEqual(of('backend_certificate'), [
    'vedette_backend_certificate_expiration_timestamp_seconds{backend="a:443"} 5',
    'vedette_backend_certificate_expiration_timestamp_seconds{backend="_other"} 7',
  ])
  assert.deepEqual(of('backend_up'), [
    'vedette_backend_up{backend="a:443"} 1',
    'vedette_backend_up{backend="_other"} 0',
  ])
  const told = of('truststore_certificate_expiration')
  assert.equal(told.length, 500)
  assert.equal(told[0], 'vedette_truststore_certificate_expiration_timestamp_seconds{store="corp",fingerprint="f0"} 0')
  metrics.trustAnchors([])
  metrics.backendCertificates([])
  assert.ok(!(await linesOf()).some((line) => line.includes('_certificate_expiration_timestamp_seconds{')))
})

test('events at warn and error are counted from 0, so that the first is an increase; others are not', async () => {
  const before = await linesOf()
  assert.ok(before.includes('vedette_events_total{event="worker.died"} 0'))
  metrics.logged('worker.died')
  metrics.logged('policy.applied')
  const lines = await linesOf()
  assert.ok(lines.includes('vedette_events_total{event="worker.died"} 1'))
  assert.ok(!lines.some((line) => line.includes('event="policy.applied"')))
})

const formats: readonly [accept: string | undefined, openMetrics: boolean][] = [
  [undefined, false],
  ['*/*', false],
  ['text/plain;version=0.0.4;q=0.3', false],
  ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.9', false],
  ['application/openmetrics-text;q=0', false],
  ['application/openmetrics-text', true],
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5,*/*;q=0.1',
    true,
  ],
]
for (const [accept, openMetrics] of formats) {
  test(`Accept: ${accept} is answered in ${openMetrics ? 'OpenMetrics' : 'plain text'}`, async () => {
    const { contentType, body } = await metrics.text(accept)
    assert.equal(contentType.startsWith('application/openmetrics-text'), openMetrics)
    assert.equal(body.endsWith('# EOF\n'), openMetrics)
  })
}

test('an OpenMetrics scrape names families without _total, and a plain one after it is unharmed', async () => {
  const before = await linesOf()
  const open = await linesOf('application/openmetrics-text')
  assert.ok(open.includes('# TYPE vedette_connections counter'))
  assert.ok(open.some((line) => line.startsWith('vedette_connections_total{')))
  assert.ok(open.includes('# TYPE process_cpu_user_seconds counter'))
  assert.ok(open.some((line) => line.startsWith('process_cpu_user_seconds_total ')))
  const names = (lines: readonly string[]) => lines.filter((line) => line.startsWith('# TYPE'))
  assert.deepEqual(names(await linesOf()), names(before))
})

test('every line of a scrape is a comment or a sample with quoted labels, whatever a label holds', async () => {
  metrics.policyInForce({ name: 'a"b\\c\nd', version: 1, sha256: 'x', source: 'file' })
  const sample =
    /^[a-z0-9_]+(\{[a-z0-9_]+="(?:[^"\\\n]|\\["\\n])*"(,[a-z0-9_]+="(?:[^"\\\n]|\\["\\n])*")*\})? (-?[0-9.e+-]+|\+Inf)$/
  for (const accept of [undefined, 'application/openmetrics-text']) {
    const bad = (await linesOf(accept)).filter((line) => line !== '' && !line.startsWith('# ') && !sample.test(line))
    assert.deepEqual(bad, [])
  }
})

test('no metric has a label for host names, and names follow the rules of Prometheus', () => {
  for (const [name, traits] of Object.entries(metricTable)) {
    assert.equal(name.endsWith('_total'), traits.type === 'counter', name)
    // Only what the operator has written down goes by its name there (by-backend-label.ts): no caller can make more of it.
    const byBackend = ['backend_up', 'backend_certificate_expiration_timestamp_seconds'].includes(name)
    for (const label of byBackend ? [] : traits.labels)
      assert.ok(!/host|destination|backend|address|caller/.test(label), `${name} ${label}`)
    if (traits.type === 'histogram') assert.ok(name.endsWith('_seconds') && 'buckets' in traits, name)
  }
})
