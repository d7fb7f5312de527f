/** A draft is told apart from the version it began from, whatever somebody else has brought into force meanwhile. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyInForce, startAdmin } from '../kit/start-admin.ts'

test('a text is compared with the version in force, or with the one that is named', async (t) => {
  const admin = await startAdmin(t)
  const operator = await admin.as('operator')
  const mine = policyInForce.replace('spec:\n', 'spec:\n  sni: false\n')
  const theirs = policyInForce.replace('spec:\n', 'spec:\n  tunnels: blind\n')
  assert.equal((await operator.apply(theirs)).status, 200)

  const sentences = async (body: object) => (await operator.ask('checkPolicy', { body })).body.sentences
  assert.deepEqual(await sentences({ text: mine }), ['sni: on → off.', 'tunnels: blind → inspect.'])
  assert.deepEqual(await sentences({ text: mine, against: 1 }), ['sni: on → off.'])
  const edits = [{ path: ['spec', 'sni'], value: false }]
  const edited = await operator.ask('editPolicy', { body: { text: policyInForce, edits, against: 1 } })
  assert.deepEqual(edited.body.sentences, ['sni: on → off.'])
  assert.match(edited.body.text, /# the mail host/)

  const unknown = await operator.ask('checkPolicy', { body: { text: mine, against: 9 } })
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'OPERATOR_VERSION_UNKNOWN'])
  assert.equal((await operator.ask('checkPolicy', { body: { text: mine, against: 0 } })).status, 422)
})
