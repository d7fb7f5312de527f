/**
 * How long somebody may watch: as long as what they came in with holds, and to watch keeps nobody signed in. Method: the
 * real room; the beat at which it looks is that of the test.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { sessionLimits } from '../../src/admin/access/identify.ts'
import { revokeKey } from '../../src/history/api-keys.ts'
import { endSession, listSessions, type StoredSession, touchSession } from '../../src/history/sessions.ts'
import { replaceUser, userNamed } from '../../src/history/users.ts'
import { startAdmin, type TestAdmin } from '../kit/start-admin.ts'
import { withKey } from '../kit/with-key.ts'

const LOOK_MS = 5000

async function watch(t: TestContext, admin: TestAdmin, headers: Readonly<Record<string, string>>) {
  const asked = http.get(`${admin.url}/api/v1/stream`, { headers, agent: false })
  asked.on('error', () => {})
  t.after(() => asked.destroy())
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  assert.equal(response.statusCode, 200)
  return response
}

/** Gives what was heard up to this text, and leaves the stream open. */
function heardUntil(watching: IncomingMessage, end: string): Promise<string> {
  let heard = ''
  return new Promise((resolve) => {
    watching.setEncoding('utf8').on('data', (chunk) => {
      heard += chunk
      if (heard.includes(end)) resolve(heard)
    })
  })
}

const sessionOf = ({ history }: TestAdmin): StoredSession => {
  const [session] = listSessions(history)
  assert.ok(session)
  return session
}

const disable = ({ history }: TestAdmin): void => {
  const user = userNamed(history, 'viewer')
  assert.ok(user)
  replaceUser(history, { ...user, disabled: true })
}

const ends: [string, (admin: TestAdmin, key: string) => void][] = [
  ['the session was ended', (admin) => endSession(admin.history, sessionOf(admin).id)],
  [
    'the session was not used for as long as it may',
    (admin) => touchSession(admin.history, sessionOf(admin).id, Date.now() - sessionLimits.idleMs),
  ],
  ['the user was disabled', disable],
  ['the key was revoked', ({ history }, key) => void revokeKey(history, key.slice(-8))],
]
for (const [reason, act] of ends) {
  test(`who watches leaves at the next look when ${reason}`, { timeout: 30_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const admin = await startAdmin(t)
    const { cookie } = await admin.as('viewer')
    const key = withKey(admin, { areas: ['traffic'] })
    const headers = reason.includes('key') ? { authorization: `Bearer ${key}` } : { cookie }
    const watching = await watch(t, admin, headers)
    act(admin, key)
    t.mock.timers.tick(LOOK_MS)
    assert.match(await text(watching), /event: signed-out\ndata: \{\}\n\n$/)
  })
}

test('who watches stays as long as what they came in with holds, and is not kept signed in by it', {
  timeout: 30_000,
}, async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const admin = await startAdmin(t)
  const { cookie } = await admin.as('viewer')
  const usedMs = Date.now() - sessionLimits.idleMs + 60_000
  touchSession(admin.history, sessionOf(admin).id, usedMs)
  const watching = await watch(t, admin, { cookie })
  t.mock.timers.tick(LOOK_MS)
  assert.doesNotMatch(await heardUntil(watching, ': still here'), /signed-out/)
  assert.equal(sessionOf(admin).seenMs, usedMs)
})

test('a look at who watches writes nothing, and a history that cannot be read only cuts them off', {
  timeout: 30_000,
}, async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const admin = await startAdmin(t)
  const { database } = admin.history
  await admin.as('viewer')
  const key = withKey(admin, { areas: ['traffic'] })
  const watching = await watch(t, admin, { authorization: `Bearer ${key}` })
  database.exec('update api_keys set used_ms = 0')
  database.exec('pragma query_only = on')
  t.mock.timers.tick(LOOK_MS)
  assert.doesNotMatch(await heardUntil(watching, ': still here'), /signed-out/)
  database.exec('pragma query_only = off')
  database.exec('alter table api_keys rename to gone')
  const cut = once(watching, 'error')
  t.mock.timers.tick(LOOK_MS)
  await cut
  database.exec('alter table gone rename to api_keys')
})

test('what a page asks with nobody there keeps nobody signed in; what somebody asks does', async (t) => {
  const admin = await startAdmin(t)
  const viewer = await admin.as('viewer')
  const usedMs = Date.now() - sessionLimits.idleMs + 60_000
  touchSession(admin.history, sessionOf(admin).id, usedMs)
  const { status, body } = await viewer.ask('session', { headers: { 'vedette-unattended': '1' } })
  assert.deepEqual([status, body.idleUntilMs, sessionOf(admin).seenMs], [200, usedMs + sessionLimits.idleMs, usedMs])
  assert.equal((await viewer.ask('session')).status, 200)
  assert.ok(sessionOf(admin).seenMs > usedMs)
})
