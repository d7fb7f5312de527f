/** A rollback at the door: on trial like any change, written down with its version, and what it takes away is marked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listAudit } from '../../src/history/audit.ts'
import { recordVersion } from '../../src/history/versions.ts'
import { policyInForce, startAdmin } from '../kit/start-admin.ts'

test('a rollback may be on trial, and is refused where nobody says for how long', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  const headers = { 'if-match': await client.etag(), prefer: 'wait=10' }
  const body = { version: 1, revertOnRefusals: 0.2 }
  const refused = await client.ask('rollBackPolicy', { body, headers })
  assert.deepEqual([refused.status, refused.body.code], [422, 'OPERATOR_BAD_REQUEST'])
  assert.equal(admin.wishes.length, 0)
  const done = await client.ask('rollBackPolicy', { body: { ...body, confirmWithinMs: 60_000 }, headers })
  assert.equal(done.body.state, 'done', JSON.stringify(done.body))
  const confirms = admin.wishes.map((wish) => wish.kind === 'rollback' && wish.confirm)
  assert.deepEqual(confirms, [{ withinMs: 60_000, revertOnRefusals: 0.2 }])
  const [entry] = listAudit(admin.history, { limit: 1 })
  assert.deepEqual([entry?.action, entry?.subject], ['rollBackPolicy', 'version 1'])
})

test('a version that was taken away again says by which one', async (t) => {
  const admin = await startAdmin(t)
  const client = await admin.as('viewer')
  const said = { author: 'ops', comment: '', timeMs: 2000 }
  recordVersion(admin.history, { ...said, text: `${policyInForce}  sni: false\n`, source: 'api' })
  recordVersion(admin.history, { ...said, text: policyInForce, source: 'revert' })
  const { items } = (await client.ask('versions')).body
  const marks = items.map(({ number, undoneBy }: { number: number; undoneBy: number | null }) => [number, undoneBy])
  assert.deepEqual(marks, [
    [3, null],
    [2, 3],
    [1, null],
  ])
})
