/** The cache of sessions by itself: what a session is for, and until when it may be offered. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { type CarriedSession, type SessionKey, Sessions } from '../../src/backend/dial/sessions.ts'
import { makeRule } from '../kit/policies.ts'

const SEEN_MS = 1_000_000
const HOUR_MS = 3_600_000

const key: SessionKey = {
  rule: makeRule({ index: 3 }),
  authority: 'a.test:443',
  serverName: 'a.test',
  nameToVerify: 'b.test',
  identity: 'one',
}

function carried(notAfterMs: number, goodUntilMs: number): CarriedSession {
  const certificate = { findings: [], spkiSha256: '', notAfterMs, revocation: undefined, chain: [] }
  return { session: Buffer.alloc(1), certificate, seenMs: SEEN_MS, goodUntilMs }
}

const lasting = carried(Infinity, Infinity)

const others: readonly (readonly [why: string, differs: Partial<SessionKey>])[] = [
  ['another rule', { rule: makeRule({ index: 4 }) }],
  ['another port', { authority: 'a.test:444' }],
  ['another server name', { serverName: '' }],
  ['another name to verify', { nameToVerify: 'a.test' }],
  ['another client certificate', { identity: 'two' }],
  ['no client certificate', { identity: undefined }],
]
for (const [why, differs] of others) {
  test(`a session is not offered under ${why}, and forgetting that leaves it`, () => {
    const sessions = new Sessions()
    sessions.keep(key, lasting)
    assert.equal(sessions.find({ ...key, ...differs }, SEEN_MS), undefined)
    sessions.forget({ ...key, ...differs })
    assert.equal(sessions.find({ ...key }, SEEN_MS), lasting)
    sessions.forget({ ...key })
    assert.equal(sessions.find(key, SEEN_MS), undefined)
  })
}

const ages: readonly (readonly [why: string, session: CarriedSession, nowMs: number, isOffered: boolean])[] = [
  ['at once', lasting, SEEN_MS, true],
  ['in the last moment of its hour', lasting, SEEN_MS + HOUR_MS - 1, true],
  ['no longer than that', lasting, SEEN_MS + HOUR_MS, false],
  ['not after the clock was set back', lasting, SEEN_MS - 1, false],
  ['in the last moment of its certificate', carried(SEEN_MS + 5, Infinity), SEEN_MS + 4, true],
  ['not at its end', carried(SEEN_MS + 5, Infinity), SEEN_MS + 5, false],
  ['in the last moment of what is known of revocation', carried(Infinity, SEEN_MS + 5), SEEN_MS + 4, true],
  ['not at the end of that', carried(Infinity, SEEN_MS + 5), SEEN_MS + 5, false],
]
for (const [why, session, nowMs, isOffered] of ages) {
  test(`a session is offered ${why}`, () => {
    const sessions = new Sessions()
    sessions.keep(key, session)
    assert.equal(sessions.find(key, nowMs), isOffered ? session : undefined)
    assert.equal(sessions.find(key, SEEN_MS), isOffered ? session : undefined, 'what is not offered is not kept either')
  })
}

test('a session that is kept again is the newest, and the last to go when there are too many', () => {
  const sessions = new Sessions()
  sessions.keep(key, lasting)
  for (let count = 1; count < 2000; count += 1) sessions.keep({ ...key, authority: `${count}` }, lasting)
  const newer = carried(Infinity, Infinity)
  sessions.keep(key, newer)
  sessions.keep({ ...key, authority: 'last' }, lasting)
  assert.equal(sessions.find(key, SEEN_MS), newer)
  assert.equal(sessions.find({ ...key, authority: '1' }, SEEN_MS), undefined)
  assert.equal(sessions.find({ ...key, authority: '2' }, SEEN_MS), lasting)
})
