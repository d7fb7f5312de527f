import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RequestEntry } from '../../bench/load/request-log.ts'
import { type AccessEntry, joinVersions, type VersionedRequest } from '../../bench/restart/access-log.ts'
import { judge } from '../../bench/restart/judge.ts'

function sent(sentMs: number, more: Partial<RequestEntry> = {}): RequestEntry {
  return {
    id: sentMs,
    kind: 'get',
    method: 'GET',
    port: 1,
    dueMs: sentMs,
    sentMs,
    endMs: sentMs + 2,
    failure: '',
    ...more,
  }
}

function line(generation: number, more: Partial<AccessEntry> = {}): AccessEntry {
  return { callerPort: 1, method: 'GET', version: generation + 10, generation, ...more }
}

function under(sentMs: number, version: number, more: Partial<RequestEntry> = {}): VersionedRequest {
  return { ...sent(sentMs, more), version }
}

const versions = (requests: readonly RequestEntry[], log: readonly AccessEntry[]) =>
  joinVersions(requests, log).map(({ version }) => version)

describe('joining requests to the access log', () => {
  it('takes lines of one connection in the order of generations, whatever their order in the file', () => {
    assert.deepEqual(versions([sent(1), sent(2), sent(3)], [line(2), line(1), line(3)]), [11, 12, 13])
  })

  it('keeps the connections apart', () => {
    const requests = [sent(1), sent(2, { port: 2 })]
    assert.deepEqual(versions(requests, [line(2, { callerPort: 2 }), line(1)]), [11, 12])
  })

  const unsure: readonly (readonly [string, readonly AccessEntry[]])[] = [
    ['a line is missing', [line(1)]],
    ['there is a line too many', [line(1), line(1), line(1)]],
    ['the methods differ', [line(1), line(1, { method: 'POST' })]],
  ]
  for (const [name, log] of unsure) {
    it(`does not guess when ${name}`, () => {
      assert.deepEqual(versions([sent(1), sent(2)], log), [0, 0])
    })
  }
})

describe('judging a restart run', () => {
  const window = { beforeMs: 0, duringMs: 1_000, endMs: 11_000 }
  const change = { version: 2, startMs: 5_000, endMs: 5_300 }

  it('measures a change from the command to the last request under an older version', () => {
    const requests = [under(4_999, 1), under(5_100, 1), under(5_150, 2), under(5_200, 1), under(5_250, 2)]
    const { changes } = judge(requests, [change], window)
    assert.deepEqual([changes[0]?.inForceMs, changes[0]?.commandMs], [200, 300])
  })

  it('calls a change that no later request missed in force at once', () => {
    assert.equal(judge([under(4_999, 1), under(5_001, 2)], [change], window).changes[0]?.inForceMs, 0)
  })

  const stale: readonly (readonly [string, number, VersionedRequest])[] = [
    ['under the old version within a second', 0, under(5_999, 1)],
    ['under the old version after a second', 1, under(6_001, 1)],
    ['under the new version after a second', 0, under(6_001, 2)],
    ['under a version nobody knows', 0, under(6_001, 0)],
  ]
  for (const [name, count, request] of stale) {
    it(`counts ${count} stale for a request ${name}`, () => {
      assert.equal(judge([request], [change], window).stale, count)
    })
  }

  it('counts a request sent after a command returned that ran under the old version, however soon', () => {
    assert.equal(judge([under(5_299, 1)], [change], window).afterReturn, 0)
    assert.equal(judge([under(5_301, 1)], [change], window).afterReturn, 1)
    assert.equal(judge([under(5_301, 2)], [change], window).afterReturn, 0)
  })

  it('counts a connection that goes back to an older version', () => {
    assert.equal(judge([under(1, 1), under(2, 2), under(3, 1)], [], window).backwards, 1)
    assert.equal(judge([under(1, 1), under(2, 2), under(3, 1, { port: 2 })], [], window).backwards, 0)
  })

  it('counts failures, and requests without a version unless they failed anyway', () => {
    const requests = [under(1, 0, { failure: 'closed' }), under(2, 0), under(3, 1)]
    const { failed, unaccounted, failures } = judge(requests, [], window)
    assert.deepEqual([failed, unaccounted, failures], [1, 1, ['request 1 (get): closed']])
  })

  it('takes latencies from when a small GET was due, each window by itself', () => {
    const requests = [
      under(500, 1, { dueMs: 490 }),
      under(2_000, 1),
      under(2_001, 1, { kind: 'get-late', endMs: 9_000 }),
    ]
    const { latency } = judge(requests, [], window)
    assert.deepEqual([latency.before.p99Ms, latency.during.p99Ms], [12, 2])
  })
})
