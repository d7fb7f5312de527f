/** A4: the time that a check takes does not tell how near a guess was. The long form is `npm run timing:secrets`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withHistory } from '../history/history-kit.ts'
import { compareTimes, type Probing, T_MAX, welch } from './compare-times.ts'
import { naiveDoor, secretDoors } from './secret-doors.ts'

test('A4: a guess that is wrong in its last letter takes no longer than one that is wrong in its first', (t) =>
  withHistory(t, (history) => {
    for (const [name, door] of Object.entries(secretDoors(history))) {
      const distance = nearest(door)
      t.diagnostic(`${name}: t ${distance.toFixed(2)}`)
      assert.ok(distance < T_MAX, `the time of ${name} tells how near a guess was: t is ${distance}`)
    }
  }))

test('A4: letters compared one by one until one differs are found out', () => {
  assert.ok(nearest(naiveDoor()) > T_MAX)
})

test('Welch’s t is what the books say', () => {
  const [slow, fast] = [
    [27.5, 21, 19, 23.6, 17, 17.9],
    [27.1, 22, 20.8, 23.4, 23.4, 23.5],
  ]
  assert.equal(welch(slow as number[], fast as number[]).toFixed(3), '-1.290')
  assert.equal(welch([1, 1], [1, 1]), 0)
})

/** How far t is from 0, measured again when it is far: chance does that once in ten thousand times, and not twice. */
function nearest(door: Probing): number {
  const first = Math.abs(compareTimes(door, PROBES))
  return first < T_MAX ? first : Math.min(first, Math.abs(compareTimes(door, PROBES)))
}

const PROBES = 10_000
