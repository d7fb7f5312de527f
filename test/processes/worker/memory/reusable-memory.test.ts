/** What was freed and is not given back to the kernel counts as there, for as long as nothing speaks against it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReusableMemory } from '../../../../src/processes/worker/memory/reusable-memory.ts'

const cases: readonly [name: string, course: readonly [used: number, held: number, counts: number][]][] = [
  [
    'while all is held, all of it counts',
    [
      [50, 30, 50],
      [85, 65, 85],
      [95, 75, 95],
    ],
  ],
  [
    'what was freed is there again, also when the kernel still counts it',
    [
      [95, 75, 95],
      [95, 10, 30],
      [95.5, 10, 30.5],
    ],
  ],
  [
    'held again it counts again',
    [
      [95, 75, 95],
      [95, 10, 30],
      [95, 75, 95],
    ],
  ],
  [
    'what grows beyond where it was is something else, and counts in full',
    [
      [95, 75, 95],
      [95, 10, 30],
      [97, 10, 97],
    ],
  ],
  [
    'what is given back to the kernel ends the guess',
    [
      [95, 75, 95],
      [40, 10, 40],
      [85, 10, 85],
    ],
  ],
  [
    'never less than nothing',
    [
      [85, 500, 85],
      [85, 10, 0],
    ],
  ],
]

for (const [name, course] of cases) {
  test(name, () => {
    const reusable = new ReusableMemory()
    for (const [usedBytes, held, counts] of course) {
      assert.equal(reusable.without({ of: 'container', usedBytes, limitBytes: 100 }, held).usedBytes, counts)
    }
  })
}
