import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCounters } from '../../src/observe/counters.ts'
import { mergeCounters } from '../../src/observe/merge-counters.ts'
import type { Totals } from '../../src/observe/tally.ts'

const allowed = { entrance: 'proxy', decision: 'allow', reason: '', profile: '2026-11' }

test('a series is resolved once and the same handle comes back for the same labels', () => {
  const counters = createCounters()
  const one = counters.connections(allowed)
  assert.equal(counters.connections({ ...allowed }), one)
  assert.notEqual(counters.connections({ ...allowed, decision: 'deny' }), one)
  one.add(2)
  one.add(1)
  assert.deepEqual(counters.snapshot().connections_total, { 'proxy|allow||2026-11': 3, 'proxy|deny||2026-11': 0 })
})

test('labels are told apart even when some are empty or hold the separator', () => {
  const counters = createCounters()
  counters.connections({ ...allowed, entrance: '', decision: 'a' }).add(1)
  counters.connections({ ...allowed, entrance: 'a', decision: '' }).add(2)
  counters.connections({ ...allowed, entrance: 'x|y' }).add(3)
  assert.deepEqual(counters.snapshot().connections_total, {
    '|a||2026-11': 1,
    'a|||2026-11': 2,
    'x/y|allow||2026-11': 3,
  })
})

test('an observation falls into the first bucket that holds it, the bound included', () => {
  const counters = createCounters()
  const dns = counters.connectDuration({ phase: 'dns' })
  for (const seconds of [0, 0.005, 0.0051, 10, 11]) dns.observe(seconds)
  const total = counters.snapshot().connect_duration_seconds?.dns
  assert.ok(typeof total === 'object')
  assert.deepEqual(total.counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
  assert.ok(Math.abs(total.sum - 21.0101) < 1e-9)
})

test('label combinations beyond the limit are one series, and each is counted as an overflow', () => {
  const counters = createCounters({ seriesMax: 2 })
  for (const range of ['private', 'loopback', 'cgnat', 'nat64', 'private', 'nat64'])
    counters.deniedAddresses({ range }).add(1)
  const totals = counters.snapshot()
  assert.deepEqual(totals.denied_addresses_total, { private: 2, loopback: 1, _other: 3 })
  assert.deepEqual(totals.label_overflow_total, { denied_addresses_total: 3 })
})

test('the sum of workers keeps what the gone have counted and drops what they had open', () => {
  const merged = mergeCounters()
  const worker = (generation: string, total: number): Totals => {
    const counters = createCounters()
    counters.connections(allowed).add(total)
    counters.connectionsOpen({ entrance: 'proxy', generation }).add(1)
    counters.connectDuration({ phase: 'tls' }).observe(0.02)
    return counters.snapshot()
  }
  merged.update(1, worker('1', 5))
  merged.update(1, worker('1', 7))
  merged.update(2, worker('2', 100))
  merged.gone(1)
  merged.update(1, worker('1', 9999))
  merged.gone(1)
  const totals = merged.merged()
  assert.deepEqual(totals.connections_total, { 'proxy|allow||2026-11': 107 })
  assert.deepEqual(totals.connections_open, { 'proxy|2': 1 })
  const tls = totals.connect_duration_seconds?.tls
  assert.ok(typeof tls === 'object')
  assert.deepEqual([tls.counts[2], tls.sum], [2, 0.04])
})

test('totals survive the way between processes, and summing is the same in any order', () => {
  const totals = fc
    .array(fc.tuple(fc.constantFrom('private', 'cgnat', 'x'), fc.nat(99)), { maxLength: 8 })
    .map((adds) => {
      const counters = createCounters()
      for (const [range, n] of adds) counters.deniedAddresses({ range }).add(n)
      return JSON.parse(JSON.stringify(counters.snapshot())) as Totals
    })
  fc.assert(
    fc.property(totals, totals, totals, (a, b, c) => {
      const forward = mergeCounters()
      for (const [id, one] of [a, b, c].entries()) forward.update(id, one)
      const backward = mergeCounters()
      for (const [id, one] of [c, b, a].entries()) backward.update(id, one)
      backward.gone(0)
      assert.deepEqual(sorted(forward.merged()), sorted(backward.merged()))
    }),
  )
})

function sorted(totals: Totals): unknown {
  return Object.entries(totals.denied_addresses_total ?? {}).sort()
}

test('generations are numbered without end, so only the newest three keep their number', () => {
  const merged = mergeCounters()
  for (let generation = 8; generation <= 12; generation++) {
    const counters = createCounters()
    counters.connectionsOpen({ entrance: 'proxy', generation: String(generation) }).add(generation)
    merged.update(generation, counters.snapshot())
  }
  assert.deepEqual(merged.merged().connections_open, {
    'proxy|12': 12,
    'proxy|11': 11,
    'proxy|10': 10,
    'proxy|older': 17,
  })
})

test('the sum has a limit of its own, and ignores metrics it does not know', () => {
  const merged = mergeCounters({ seriesMax: 2 })
  merged.update(1, { denied_addresses_total: { a: 1, b: 1, c: 1, d: 2 }, from_the_future: { x: 1 } } as Totals)
  assert.deepEqual(merged.merged(), { denied_addresses_total: { a: 1, b: 1, _other: 3 } })
})
