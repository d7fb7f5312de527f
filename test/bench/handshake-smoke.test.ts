/**
 * The measurement of handshakes in short; the long form, which holds the target, is `npm run bench:handshake`. The machine
 * may be busy with other tests, so nothing here depends on how fast it is.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { measureHandshakes } from '../../bench/handshake/measure-handshakes.ts'

it('handshakes with and without checks are measured side by side, and all of them succeed', async () => {
  const costs = await measureHandshakes({ rounds: 2, each: 5, grade: 'rfc5280', revocation: 'soft' })
  for (const rounds of Object.values(costs)) {
    assert.equal(rounds.length, 2)
    for (const cost of rounds) assert.ok(cost > 0)
  }
})
