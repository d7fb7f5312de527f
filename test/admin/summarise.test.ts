/** What the overview draws: what came between two readings of the counters. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Feed } from '../../src/admin/traffic/feed.ts'
import { readingAtStart, readTotals, summarise } from '../../src/admin/traffic/summarise.ts'
import { createCounters } from '../../src/observe/counters.ts'

const counters = createCounters()
const read = (timeMs: number) => ({ timeMs, version: 1, ...readTotals(counters.snapshot()) })
const allowed = counters.connections({ entrance: 'proxy', decision: 'allow', reason: 'trusted', profile: '2026-11' })
const tls = counters.connectDuration({ phase: 'tls' })

it('a point has the decisions and the phases since the point before, and not those from before that', () => {
  for (let n = 0; n < 100; n += 1) tls.observe(4)
  allowed.add(100)
  const readings = [read(0)]
  allowed.add(3)
  for (const seconds of [0.03, 0.04, 0.045, 0.05]) tls.observe(seconds)
  counters.connectDuration({ phase: 'first_byte' }).observe(60)
  readings.push(read(10_000), read(20_000))
  const { points } = summarise(readings, counters.snapshot())
  assert.deepEqual(points, [
    {
      ...{ timeMs: 10_000, version: 1, decisions: { allow: 3 } },
      // All four lie between 25 and 50 ms, and a minute lies beyond the last bucket.
      latency: {
        ...{ dns: null, connect: null },
        tls: { count: 4, p50Ms: 37.5, p95Ms: 48.8 },
        firstByte: { count: 1, p50Ms: 10_000, p95Ms: 10_000 },
      },
    },
    {
      ...{ timeMs: 20_000, version: 1, decisions: { allow: 0 } },
      latency: { dns: null, connect: null, tls: null, firstByte: null },
    },
  ])
})

it('what an instance counted before the first reading belongs to its first point, unless it started long ago', () => {
  const first = { timeMs: 3_601_000, version: 7, ...readTotals(counters.snapshot()) }
  const pointsSince = (startedMs: number) =>
    summarise([...readingAtStart(first, startedMs), first], counters.snapshot()).points
  const [point] = pointsSince(1000)
  assert.deepEqual([point?.version, point?.decisions, point?.latency.tls?.count], [7, { allow: 103 }, 104])
  assert.deepEqual(pointsSince(999), [])
})

it('the points cover an hour and not more', () => {
  const feed = new Feed()
  const readings = Array.from({ length: 450 }, (_, nth) => ({
    timeMs: nth * 10_000,
    version: 1,
    decisions: {},
    phases: {},
  }))
  for (const reading of readings) feed.read(reading)
  assert.equal((feed.points.at(-1)?.timeMs ?? 0) - (feed.points[0]?.timeMs ?? 0), 3_600_000)
})
