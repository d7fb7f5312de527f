/**
 * Goal: what an operator does over the admin API takes effect on traffic. Method: the real processes, the real link,
 * fetch; each step asserts what a request through the proxy gets, not only what the API says.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AdminClient, adminPassword, setupTokenOf, signedIn } from '../kit/admin-client.ts'
import { requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from '../processes/policies.ts'

test('set up, sign in, check, apply, see the traffic change, roll back', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy: policyFor(['one.localhost']) })
  const proxyPort = await instance.up
  const visit = async (name: string) =>
    (await requestThrough(proxyPort, `http://${name}.localhost:${backend.port}/`, { agent: false })).status

  const { url, token } = await setupTokenOf(instance)
  const stranger = new AdminClient(url)
  assert.deepEqual((await stranger.ask('setupState')).body, { needed: true })
  assert.equal((await stranger.ask('policy')).status, 401)
  const admin = await signedIn(instance)
  const again = await stranger.ask('setUp', { body: { token, name: 'thief', password: adminPassword } })
  assert.equal(again.status, 401, 'the link works once')
  await admin.ask('signOut')
  assert.equal((await admin.ask('policy')).status, 401)
  await admin.signIn('admin')

  assert.deepEqual([await visit('one'), await visit('two')], [200, 403])
  const candidate = policyFor(['two.localhost'])
  const checked = await admin.ask('checkPolicy', { body: { text: candidate } })
  assert.equal(checked.body.valid, true)
  assert.ok(checked.body.sentences.length > 0)
  assert.match(checked.body.diff, /^\+.*two\.localhost/m)
  assert.deepEqual([await visit('one'), await visit('two')], [200, 403], 'a check changes nothing')

  const applied = await admin.apply(candidate, { comment: 'two instead of one' })
  assert.equal(applied.status, 200, JSON.stringify(applied.body))
  assert.equal(applied.body.applied.version, 2)
  assert.deepEqual([await visit('one'), await visit('two')], [403, 200])

  const headers = { 'if-match': await admin.etag(), prefer: 'wait=30' }
  const back = await admin.ask('rollBackPolicy', { body: {}, headers })
  assert.equal(back.body.applied.backTo, 1, JSON.stringify(back.body))
  assert.deepEqual([await visit('one'), await visit('two')], [200, 403])

  const { body } = await admin.ask('versions')
  assert.deepEqual(
    body.items.map(({ author, source }: { author: string; source: string }) => [author, source]).slice(0, 2),
    [
      ['admin', 'rollback'],
      ['admin', 'page'],
    ],
  )
})
