/** How long somebody who came in may stay. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { identify, sessionLimits } from '../../src/admin/access/identify.ts'
import { hashToken, makeToken } from '../../src/admin/access/token.ts'
import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { addSession, endOldSessions, listSessions } from '../../src/history/sessions.ts'
import { addUser, replaceUser, type User } from '../../src/history/users.ts'
import { stateFolder } from '../history/history-kit.ts'

const user: User = { name: 'Dana', role: 'operator', password: 'x', createdMs: 1, createdBy: 'test', disabled: false }
const beganMs = 1_000_000

async function signedIn(t: TestContext) {
  const history = await openHistory(stateFolder(t))
  t.after(() => closeHistory(history))
  addUser(history, user)
  const token = makeToken('session')
  const times = { createdMs: beganMs, seenMs: beganMs, untilMs: beganMs + sessionLimits.absoluteMs }
  addSession(history, { id: 'a', hash: hashToken(token), user: 'dana', address: '', userAgent: '', ...times })
  const at = (nowMs: number) => identify({ authorization: undefined, sessionToken: token }, history, nowMs).role
  return { history, token, at }
}

test('a session that is used goes on, to its absolute end and no further', async (t) => {
  const { at } = await signedIn(t)
  const step = sessionLimits.idleMs - 1
  let nowMs = beganMs
  while (nowMs + step < beganMs + sessionLimits.absoluteMs) {
    nowMs += step
    assert.equal(at(nowMs), 'operator', `after ${nowMs - beganMs} ms`)
  }
  assert.equal(at(beganMs + sessionLimits.absoluteMs), 'none')
})

test('a session that is not used ends, and does not come back', async (t) => {
  const { at, history } = await signedIn(t)
  assert.equal(at(beganMs + sessionLimits.idleMs), 'none')
  assert.equal(at(beganMs), 'none')
  assert.deepEqual(listSessions(history), [])
})

test('a user who may come in no longer is out at once, and a new role holds at once', async (t) => {
  const { at, history } = await signedIn(t)
  replaceUser(history, { ...user, role: 'viewer' })
  assert.equal(at(beganMs), 'viewer')
  replaceUser(history, { ...user, disabled: true })
  assert.equal(at(beganMs), 'none')
})

test('old sessions are cleared away, others stay', async (t) => {
  const { history } = await signedIn(t)
  endOldSessions(history, { idleSinceMs: beganMs, nowMs: beganMs })
  assert.equal(listSessions(history).length, 1)
  endOldSessions(history, { idleSinceMs: beganMs + 1, nowMs: beganMs })
  assert.equal(listSessions(history).length, 0)
})

test('the hash of a token is no token', async (t) => {
  const { history, token } = await signedIn(t)
  for (const sessionToken of [
    hashToken(token),
    `vdt_session_${hashToken(token).slice(0, 43)}`,
    token.slice(0, -1),
    `${token}x`,
  ]) {
    assert.equal(identify({ authorization: undefined, sessionToken }, history, beganMs).role, 'none')
  }
})
