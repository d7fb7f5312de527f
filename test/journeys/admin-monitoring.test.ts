/**
 * Goal: who watches the admin API sees traffic and changes as they happen, and what they do about it takes effect.
 * Method: the real processes; the event stream is read as a browser reads it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { streamEvents } from '../../src/admin/schemas/instance.ts'
import { type AdminClient, adminPassword, signedIn } from '../kit/admin-client.ts'
import { requestThrough, startPlainBackend } from '../kit/keep-alive-load.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from '../processes/policies.ts'

type EventName = keyof typeof streamEvents

/** Reads the stream until an event fits, and holds every event on the way to its schema. */
async function* watch(client: AdminClient, signal: AbortSignal) {
  const response = await fetch(`${client.url}/api/v1/stream`, { headers: { cookie: client.cookie }, signal })
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    const parts = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n\n')
    rest = parts.pop() as string
    for (const part of parts) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? []
      if (name !== undefined) yield { name, data: streamEvents[name as EventName].parse(JSON.parse(data as string)) }
    }
  }
}

test('a watcher hears of connections, failures, operations and versions', async (t) => {
  const backend = await startPlainBackend(t)
  const instance = startInstance(t, { policy: policyFor(['one.localhost']) })
  const proxyPort = await instance.up
  const admin = await signedIn(instance)
  const stop = new AbortController()
  t.after(() => stop.abort())
  const heard = new Map<string, unknown>()
  const listening = (async () => {
    for await (const { name, data } of watch(admin, stop.signal)) {
      heard.set(name, data)
      const applied = (heard.get('event') as { name?: string } | undefined)?.name
      if (['status', 'connections', 'failures', 'operation'].every((each) => heard.has(each)) && applied !== undefined)
        return
    }
  })()
  const visit = (name: string) =>
    requestThrough(proxyPort, `http://${name}.localhost:${backend.port}/`, { agent: false })
  await visit('one')
  await visit('two')
  assert.equal((await admin.apply(policyFor(['one.localhost'], { comment: 'again' }))).status, 200)
  await listening

  const { body: all } = await admin.ask('connections', { query: { filter: 'host:*.localhost since:1h' } })
  assert.deepEqual(
    all.items.map(({ host, decision }: { host: string; decision: string }) => [host, decision]).toSorted(),
    [
      ['one.localhost', 'allow'],
      ['two.localhost', 'deny'],
    ],
  )
  const { body: denied } = await admin.ask('connections', { query: { filter: 'decision:deny -host:one.localhost' } })
  assert.equal(denied.items.length, 1)
  assert.equal((await admin.ask('connections', { query: { filter: 'colour:blue' } })).status, 422)

  const { body: failures } = await admin.ask('failures')
  const [failure] = failures.items
  assert.deepEqual(
    [failure.backend, failure.reason, failure.count, failure.state],
    [`two.localhost:${backend.port}`, 'POLICY_UNLISTED', 1, 'open'],
  )
  const muted = await admin.ask('changeFailure', { params: { id: failure.id }, body: { state: 'muted' } })
  assert.deepEqual([muted.body.state, muted.body.by], ['muted', 'admin'])

  const { body: events } = await admin.ask('events')
  assert.ok(events.items.some(({ name }: { name: string }) => name === 'policy.applied'))
  const { body: explained } = await admin.ask('explain', { body: { destination: 'http://two.localhost' } })
  assert.equal(explained.allowed, false)
  const tryOut = async (name: string) => {
    const params = { backend: `${name}.localhost:${backend.port}` }
    return await admin.ask('tryOutBackend', { params, headers: { prefer: 'wait=30' } })
  }
  const refused = await tryOut('two')
  assert.deepEqual(
    [refused.status, refused.body.code],
    [403, 'POLICY_UNLISTED'],
    'nobody is dialled whom the policy denies',
  )
  const { body: tried } = await tryOut('one')
  assert.deepEqual([tried.kind, tried.state], ['try-out', 'done'], JSON.stringify(tried))
  assert.deepEqual([tried.trial.matrix.protocols, tried.trial.tightest], [[], null], 'it speaks no TLS')
  const { body: health } = await admin.another().ask('health')
  assert.equal(health.status, 'ok')
  for (const name of [
    'summary',
    'settings',
    'services',
    'catalogue',
    'trustStores',
    'backends',
    'sightings',
    'exceptions',
    'status',
    'users',
    'audit',
  ] as const) {
    assert.equal((await admin.ask(name)).status, 200, name)
  }
  assert.equal((await admin.ask('auditCheck')).body.whole, true)
})

test('an exception is a new version, and a rehearsal says what a candidate means', async (t) => {
  const instance = startInstance(t, { policy: policyFor(['one.localhost']) })
  const admin = await signedIn(instance)
  const headers = { 'if-match': await admin.etag(), prefer: 'wait=30' }
  const body = {
    backend: 'one.localhost:443',
    findings: ['expired'],
    until: '2099-12-31',
    owner: 'ops',
    reason: 'renewal is ordered',
  }
  const added = await admin.ask('addException', { body, headers })
  assert.equal(added.body.applied?.version, 2, JSON.stringify(added.body))
  const { body: listed } = await admin.ask('exceptions')
  assert.deepEqual(
    listed.items.map(({ backend, until }: { backend: string; until: string }) => [backend, until]),
    [['one.localhost:443', '2099-12-31']],
  )
  const candidate = policyFor(['other.localhost'])
  const tried = await admin.ask('rehearsePolicy', { body: { text: candidate }, headers: { prefer: 'wait=30' } })
  assert.equal(tried.body.state, 'done', JSON.stringify(tried.body))
  assert.ok(tried.body.rehearsal.counts.breaks >= 1)
  const removed = await admin.ask('removeException', {
    params: { index: 0 },
    headers: { 'if-match': listed.etag, prefer: 'wait=30' },
  })
  assert.equal(removed.body.applied?.version, 3, JSON.stringify(removed.body))
})

test('an unconfirmed version waits, is kept by confirming, and a broken one is refused with its place', async (t) => {
  const instance = startInstance(t, { policy: policyFor(['one.localhost']) })
  const admin = await signedIn(instance)
  const applied = await admin.apply(policyFor(['two.localhost']), { confirmWithinMs: 60_000, connections: 'cut' })
  assert.equal(applied.body.applied.pending.revertTo, 1)
  assert.equal((await admin.ask('policy')).body.pending.version, 2)
  assert.deepEqual((await admin.ask('confirmPolicy')).body, { version: 2 })
  assert.equal((await admin.ask('confirmPolicy')).status, 409)
  const broken = await admin.apply(policyFor(['two.localhost']).replace('plaintext: true', 'plaintext: maybe, pins: 1'))
  assert.deepEqual([broken.status, broken.body.state], [422, 'failed'])
  assert.deepEqual(
    broken.body.problem.errors.map(({ pointer, line }: { pointer: string; line: number }) => [pointer, line]),
    [
      ['/spec/rules/0/plaintext', 7],
      ['/spec/rules/0/pins', 7],
    ],
  )
  assert.equal((await admin.ask('policy')).body.version.number, 2)
})

test('vedette setup makes the link again for whoever owns the state folder, and only while it is needed', async (t) => {
  const instance = startInstance(t, { policy: policyFor(['one.localhost']) })
  await instance.up
  const { url } = await instance.ask('setup', { author: 'root' })
  const admin = await signedIn({ ...instance, stderr: url } as never)
  assert.equal((await admin.ask('session')).body.role, 'admin')
  await assert.rejects(instance.ask('setup', { author: 'root' }), { code: 'OPERATOR_CONFLICT' })
  const again = await instance.ask('setup', { author: 'root', recover: 1 })
  const token = again.url.split('token=')[1]
  const second = admin.another()
  assert.equal((await second.ask('setUp', { body: { token, name: 'second', password: adminPassword } })).status, 201)
})
