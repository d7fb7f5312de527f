/**
 * The restart run in short: five changes under load with tunnels open. The long form is `npm run bench:restart`.
 * The machine may be busy with other tests, so nothing here depends on how fast it is: that a change is in force within
 * a second is for the long form, here it must be in force when the command says so.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runRestart } from '../../bench/restart/run-restart.ts'

it('five policy changes under load cost no request and no tunnel, and each is in force when its command returns', async () => {
  const { judgement, generator, exit } = await runRestart({
    changes: 5,
    seconds: 5,
    beforeSeconds: 0.5,
    tunnels: 20,
    tunnelIntervalMs: 100,
    shortTunnelsPerSecond: 5,
    rate: 200,
    connections: 24,
    freshPerSecond: 10,
    workers: 2,
    keep: false,
  })
  assert.deepEqual(judgement.failures, [])
  assert.deepEqual(generator.tunnels.failures, [])
  assert.equal(generator.tunnels.opened, 20)
  assert.ok(generator.tunnels.shortOpened > 5)
  assert.equal(generator.closedIdle, 0, 'no connection is closed while its caller may be about to ask')
  assert.equal(judgement.unaccounted, 0, 'every request has its line in the access log')
  assert.equal(judgement.backwards, 0, 'no connection goes back to an older version')
  assert.equal(judgement.afterReturn, 0, 'no request sent after a command returned ran under an older version')
  assert.equal(judgement.changes.length, 5)
  assert.equal(exit, 0)
})
