/** A short run of the fuzzer; the long one is `npm run fuzz:handshakes`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzHandshakes } from '../fuzz/handshakes.ts'

test('mutated handshakes are taken whole or refused by name, and OpenSSL reads the same server name', async () => {
  const { taken, refused, agreed } = await fuzzHandshakes({ runs: 1500, seed: 20_261_120 })
  // A fuzzer that never gets through, or never fails, tests nothing.
  assert.ok(taken > 100 && refused > 100 && agreed > 20, JSON.stringify({ taken, refused, agreed }))
})
