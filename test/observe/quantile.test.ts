import assert from 'node:assert/strict'
import { it } from 'node:test'
import { quantile } from '../../src/observe/quantile.ts'

const bounds = [1, 2, 4]
const rows: readonly (readonly [
  why: string,
  share: number,
  counts: readonly number[],
  expected: number | undefined,
])[] = [
  ['nothing was observed', 0.5, [0, 0, 0, 0], undefined],
  ['all in one bucket: straight through it', 0.5, [0, 10, 0, 0], 1.5],
  ['the first bucket begins at nothing', 0.5, [4, 0, 0, 0], 0.5],
  ['half below, half above', 0.75, [5, 0, 5, 0], 3],
  ['just at a bound', 0.5, [5, 5, 0, 0], 1],
  ['beyond the last bound, which is all that is known', 0.95, [1, 0, 0, 9], 4],
]
for (const [why, share, counts, expected] of rows)
  it(`a quantile where ${why}`, () => assert.equal(quantile(share, { counts, bounds }), expected))
