import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackOff } from '../../../src/processes/supervisor/back-off.ts'

test('the first restart is immediate, the next ones wait 100 ms, 200 ms … up to the longest wait', () => {
  const backOff = new BackOff(5000)
  const waits = Array.from({ length: 9 }, (_, n) => backOff.died({ nowMs: n, livedMs: 1 }))
  assert.deepEqual(waits, [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000])
})

test('a death after a long life counts as the first again', () => {
  const backOff = new BackOff(5000)
  for (let n = 0; n < 5; n += 1) backOff.died({ nowMs: n, livedMs: 1 })
  assert.equal(backOff.died({ nowMs: 100_000, livedMs: 10_001 }), 0)
})

const rows = [
  { name: 'four deaths in a minute are not a crash loop', deaths: [0, 1, 2, 3], now: 4, looping: false },
  { name: 'five deaths in a minute are one', deaths: [0, 1, 2, 3, 4], now: 5, looping: true },
  {
    name: 'it is over a minute after the first of the last five',
    deaths: [0, 1, 2, 3, 4],
    now: 60_000,
    looping: false,
  },
  { name: 'only the last five count', deaths: [0, 50_000, 60_001, 60_002, 60_003, 60_004], now: 60_005, looping: true },
]
for (const row of rows) {
  test(row.name, () => {
    const backOff = new BackOff(5000)
    for (const nowMs of row.deaths) backOff.died({ nowMs, livedMs: 1 })
    assert.equal(backOff.looping(row.now), row.looping)
  })
}
