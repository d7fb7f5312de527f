/** Backup, restore and diagnostics at the door: who may, what is shown first, what is written down, what never leaves. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { before, test } from 'node:test'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { SidecarError } from '../../src/errors.ts'
import { listAudit } from '../../src/history/audit.ts'
import { recordRejection } from '../../src/history/rejections.ts'
import { adminPassword } from '../kit/admin-client.ts'
import { policyInForce, startAdmin } from '../kit/start-admin.ts'

let root: MadeCertificate
before(async () => {
  root = await makeCertificate({ subject: 'Corp Root', ca: true })
})

/** An instance with a store, and its backup. */
async function withBackup(t: Parameters<typeof startAdmin>[0]) {
  const admin = await startAdmin(t)
  mkdirSync(path.join(admin.truststores, 'corp'))
  writeFileSync(path.join(admin.truststores, 'corp', 'root.pem'), root.certificate)
  const client = await admin.as('admin')
  const { status, body, headers } = await client.ask('backup')
  assert.equal(status, 200)
  assert.match(
    headers.get('content-disposition') ?? '',
    /^attachment; filename="vedette-backup-\d{4}-\d\d-\d\d\.json"$/,
  )
  return { admin, client, backup: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

test('a backup is looked at, and comes back through the queue with its stores', async (t) => {
  const { client: maker, backup } = await withBackup(t)
  const admin = await startAdmin(t)
  const client = await admin.as('admin')
  await client.apply(policyInForce.replace('spec:\n', 'spec:\n  sni: false\n'))
  admin.wishes.length = 0
  const shown = await client.ask('previewRestore', { body: backup })
  assert.equal(shown.status, 201, JSON.stringify(shown.body))
  const { policy, trustStores, digest, versions } = shown.body
  assert.deepEqual([policy.number, policy.valid, policy.sentences, versions], [1, true, ['sni: off → on.'], 1])
  assert.deepEqual([trustStores[0].name, trustStores[0].fresh[0].subject], ['corp', 'CN=Corp Root'])
  assert.deepEqual([readdirSync(admin.truststores), admin.wishes], [[], []], 'looking changes nothing')

  const wish = { params: { digest }, body: { comment: '', confirmWithinMs: 60_000 } }
  assert.equal((await client.ask('restore', wish)).status, 428, 'it says what it replaces')
  const headers = { 'if-match': await client.etag(), prefer: 'wait=10' }
  const done = await client.ask('restore', { ...wish, headers })
  assert.deepEqual([done.body.state, done.body.kind], ['done', 'restore'], JSON.stringify(done.body))
  const [made] = admin.wishes
  assert.equal(made?.kind === 'candidate' && made.text, policyInForce)
  assert.deepEqual(made?.kind === 'candidate' && made.confirm, { withinMs: 60_000 })
  assert.match(made?.kind === 'candidate' ? made.comment : '', /^restored from a backup of \d{4}-.*, version 1$/)
  assert.equal(readdirSync(path.join(admin.truststores, 'corp')).length, 1)
  assert.equal((await client.ask('restore', { ...wish, headers })).status, 404, 'once')
  const record = listAudit(admin.history, { limit: 9 }).filter(({ outcome }) => outcome === 'done')
  assert.deepEqual([record[0]?.action, record[0]?.subject], ['restore', digest])
  const written = (await maker.ask('audit')).body.items.map(({ action }: { action: string }) => action)
  assert.ok(written.includes('backup'), 'what leaves is written down')
})

test('two who bring the same backup back at once do not undo each other', async (t) => {
  const { backup } = await withBackup(t)
  const admin = await startAdmin(t)
  const client = await admin.as('admin')
  const { body } = await client.ask('previewRestore', { body: backup })
  const headers = { 'if-match': await client.etag(), prefer: 'wait=10' }
  const wish = { params: { digest: body.digest }, body: { comment: '' }, headers }
  const both = await Promise.all([client.ask('restore', wish), client.ask('restore', wish)])
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 404])
  assert.equal(readdirSync(path.join(admin.truststores, 'corp')).length, 1)
})

test('what does not come into force leaves no trust behind', async (t) => {
  const { backup } = await withBackup(t)
  const admin = await startAdmin(t)
  const client = await admin.as('admin')
  const { body } = await client.ask('previewRestore', { body: backup })
  admin.refuse(new SidecarError('OPERATOR_POLICY_TEST_FAILED', 'a test does not hold'))
  const headers = { 'if-match': await client.etag(), prefer: 'wait=10' }
  const done = await client.ask('restore', { params: { digest: body.digest }, body: { comment: 'x' }, headers })
  assert.deepEqual([done.body.state, done.body.problem.code], ['failed', 'OPERATOR_POLICY_TEST_FAILED'])
  assert.deepEqual(readdirSync(admin.truststores), [])
  admin.refuse(undefined)
  const again = await client.ask('restore', { params: { digest: body.digest }, body: { comment: 'x' }, headers })
  assert.equal(again.body.state, 'done', 'it need not be sent again')
})

test('only an admin takes a backup out or brings one back, and what is no backup is refused', async (t) => {
  const { admin, client, backup } = await withBackup(t)
  const operator = await admin.as('operator')
  assert.equal((await operator.ask('backup')).status, 403)
  assert.equal((await operator.ask('previewRestore', { body: backup })).status, 403)
  for (const bytes of [Buffer.from('{}'), Buffer.from('['.repeat(50_000)), root.certificate]) {
    const { status, body } = await client.ask('previewRestore', { body: Buffer.from(bytes) })
    assert.deepEqual([status, body.code], [422, 'OPERATOR_BAD_BACKUP'])
  }
  const wide = Buffer.from(`{${Array.from({ length: 100_001 }, (_, n) => `"${n}":0`).join()}}`)
  assert.equal((await client.ask('previewRestore', { body: wide })).status, 413, 'nothing is made of it')
  const compressed = await client.send('/api/v1/restore', {
    ...{ method: 'POST', body: Buffer.from('1f8b0800000000000003', 'hex') },
    headers: { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' },
  })
  assert.equal(compressed.status, 415)
})

test('diagnostics say much, and no secret in any form', async (t) => {
  const canary = 'canary-8f1d'
  const admin = await startAdmin(t)
  const client = await admin.as('operator')
  await client.send('/api/v1/session', { method: 'POST', body: { name: 'operator', password: canary } })
  admin.room.event('internal.error', `fetching http://me:${canary}@lists.example failed`, {
    ...{ authorization: `Bearer ${canary}`, password: canary, url: `https://u:${canary}@x.example/` },
    error: new SidecarError('BACKEND_FETCH_FAILED', `-----BEGIN PRIVATE KEY-----\n${canary}`, {
      details: { cookie: canary },
    }),
  })
  const problems = [`http://me:${canary}@policy.example cannot be read`]
  recordRejection(admin.history, { text: '', source: 'api', author: 'ops', timeMs: 1, problems })
  await client.signIn('operator')
  const { status, body } = await client.ask('diagnostics')
  assert.equal(status, 200)
  const text = JSON.stringify(body)
  assert.doesNotMatch(text, new RegExp(`${canary}|${adminPassword}|vdt_session|mail\\.corp\\.example`))
  assert.deepEqual([body.kind, body.versions.length, body.health[0].name], ['Diagnostics', 1, 'workers'])
  assert.deepEqual(
    [body.product.node, body.events[0].fields.error.code],
    [process.versions.node, 'BACKEND_FETCH_FAILED'],
  )
  assert.ok(body.settings.some(({ name, from }: Record<string, string>) => name === 'log.level' && from === 'default'))
  // Nobody who only watches sees more.
  assert.doesNotMatch(JSON.stringify((await client.ask('events')).body), new RegExp(canary))
  assert.equal((await admin.stranger().ask('diagnostics')).status, 401)
  assert.equal((await (await admin.as('viewer')).ask('diagnostics')).status, 403)
})
