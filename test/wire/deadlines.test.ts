import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Deadlines, type Watched } from '../../src/wire/deadlines.ts'

const deadlines = new Deadlines()
afterEach(() => deadlines.close())

function watched(deadline: number): Watched & { times: number } {
  const item = {
    deadline,
    times: 0,
    expired: () => {
      item.times += 1
    },
  }
  deadlines.watch(item)
  return item
}

const cases = [
  { reason: 'its time has passed', deadline: 1000, now: 1001, times: 1 },
  { reason: 'its time is now', deadline: 1000, now: 1000, times: 1 },
  { reason: 'its time has not come', deadline: 1000, now: 999, times: 0 },
  { reason: '0 means never', deadline: 0, now: 1_000_000, times: 0 },
]
for (const { reason, deadline, now, times } of cases) {
  test(`a sweep at ${now} expires ${times} times what is due at ${deadline}: ${reason}`, () => {
    const item = watched(deadline)
    deadlines.sweep(now)
    assert.equal(item.times, times)
  })
}

test('what has expired does not expire again until it gets a new deadline', () => {
  const item = watched(1000)
  deadlines.sweep(1001)
  deadlines.sweep(1002)
  assert.equal(item.times, 1)
  item.deadline = 1003
  deadlines.sweep(1004)
  assert.equal(item.times, 2)
})

test('what is no longer watched does not expire', () => {
  const item = watched(1000)
  deadlines.unwatch(item)
  deadlines.sweep(2000)
  assert.equal(item.times, 0)
})

test('one that unwatches another while it expires does not disturb the sweep', () => {
  const second = watched(1000)
  const first: Watched = { deadline: 1000, expired: () => deadlines.unwatch(second) }
  deadlines.unwatch(second)
  deadlines.watch(first)
  deadlines.watch(second)
  deadlines.sweep(1001)
  assert.equal(second.times, 0)
})

test('a deadline so much later is never early, and late by no more than a sweep', () => {
  const begun = performance.now()
  const fresh = new Deadlines()
  try {
    const deadline = fresh.after(5000)
    assert.ok(deadline >= performance.now() + 5000 - 100 && deadline >= begun + 5000, 'never early')
    assert.ok(deadline <= performance.now() + 5100, 'late by a sweep at most')
  } finally {
    fresh.close()
  }
})
