import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCounters } from '../../../../src/observe/counters.ts'
import { Counts } from '../../../../src/processes/control/counts.ts'
import { describeExcess, trafficOf } from '../../../../src/processes/control/versions/refusals.ts'

function totals(counted: Partial<Record<'allow' | 'deny' | 'error', number>>) {
  const counters = createCounters()
  for (const [decision, count] of Object.entries(counted)) {
    counters.connections({ entrance: 'proxy', decision, reason: 'x', profile: 'y' }).add(count)
  }
  return counters.snapshot()
}

test('traffic is every request, and of those the denied ones', () => {
  assert.deepEqual(trafficOf(totals({ allow: 5, deny: 3, error: 2 })), { requests: 10, refused: 3 })
  assert.deepEqual(trafficOf({}), { requests: 0, refused: 0 })
})

const rows = [
  { name: 'nothing was asked for', requests: 0, refused: 0, excess: false },
  { name: 'too few to tell', requests: 19, refused: 19, excess: false },
  { name: 'just as many as allowed', requests: 20, refused: 10, excess: false },
  { name: 'one more', requests: 20, refused: 11, excess: true },
]
for (const { name, requests, refused, excess } of rows) {
  test(`${name}: ${excess ? 'too much is refused' : 'nothing is said'}`, () => {
    const from = { requests: 1000, refused: 900 }
    const to = { requests: 1000 + requests, refused: 900 + refused }
    assert.equal(describeExcess({ from, to, ratio: 0.5 }) !== undefined, excess)
  })
}

test('what workers counted stays when they end, and when control is replaced', () => {
  const counts = new Counts()
  counts.update(1, totals({ allow: 5 }))
  counts.update(2, totals({ allow: 7 }))
  counts.gone(1)
  assert.equal(trafficOf(counts.all).requests, 12)
  const next = new Counts(counts.departed)
  assert.equal(trafficOf(next.all).requests, 5)
  next.update(2, totals({ allow: 8 }))
  assert.equal(trafficOf(next.all).requests, 13)
})
