/** When the guard tells of it, and that garbage is collected before anybody is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { collectGarbage } from '../../../../src/processes/worker/memory/collect-garbage.ts'
import { MemoryGuard } from '../../../../src/processes/worker/memory/memory-guard.ts'

function makeGuard() {
  const memory = { live: 10, garbage: 0, nowMs: 0, collections: 0 }
  const told: string[] = []
  const guard = new MemoryGuard({
    read: () => [{ of: 'heap', usedBytes: memory.live + memory.garbage, limitBytes: 100 }],
    collect: () => {
      memory.garbage = 0
      memory.collections += 1
    },
    now: () => memory.nowMs,
    turned: (isShort, detail) => told.push(`${isShort ? 'short' : 'enough'}: ${detail}`),
  })
  return { memory, told, guard }
}

test('each turn is told once, and the shortage lasts from one to the other', () => {
  const { memory, told, guard } = makeGuard()
  const shares = [50, 95, 95, 85, 70, 70]
  const isShort = shares.map((live) => {
    memory.live = live
    guard.look()
    return guard.shortage?.code
  })
  assert.deepEqual(isShort, [undefined, ...Array(3).fill('INTERNAL_AT_LIMIT'), undefined, undefined])
  assert.deepEqual(told, ['short: heap 95 % of 0 MiB', 'enough: heap 70 % of 0 MiB'])
})

test('what is full of garbage is not short: it is collected first', () => {
  const { memory, told, guard } = makeGuard()
  memory.garbage = 85
  guard.look()
  assert.deepEqual([memory.collections, told, guard.shortage], [1, [], undefined])
})

test('while memory is short, garbage is collected every five seconds and not more often', () => {
  const { memory, told, guard } = makeGuard()
  memory.live = 95
  guard.look()
  memory.live = 10
  memory.garbage = 85
  for (memory.nowMs = 500; memory.nowMs < 5000; memory.nowMs += 500) guard.look()
  assert.deepEqual([memory.collections, told.length], [1, 1])
  guard.look()
  assert.deepEqual([memory.collections, told.length, guard.shortage], [2, 2, undefined])
})

test('with plenty of memory nothing is collected', () => {
  const { memory, guard } = makeGuard()
  memory.live = 85
  guard.look()
  assert.equal(memory.collections, 0)
})

test('a collection asked for takes garbage away at once, and leaves what is held', async () => {
  const held = { text: 'held' }
  const refs = { held: new WeakRef(held), dropped: new WeakRef({ text: 'dropped' }) }
  // What a WeakRef was made of lives at least to the end of the turn.
  await setImmediate()
  collectGarbage()
  assert.deepEqual([refs.held.deref(), refs.dropped.deref()], [held, undefined])
  assert.equal('gc' in globalThis, false)
})
