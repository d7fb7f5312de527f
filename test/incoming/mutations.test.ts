/** A short run of the fuzzer; the long one is `npm run fuzz:entrance`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzEntrance } from '../fuzz/entrance-hellos.ts'

test('mutated hellos end as refusals, and the next sound caller is let in', async () => {
  const { answered, refused } = await fuzzEntrance({ runs: 600, seed: 20_261_120 })
  // A fuzzer that never gets an answer, or never fails, tests nothing.
  assert.ok(answered > 50 && refused > 50, JSON.stringify({ answered, refused }))
})
