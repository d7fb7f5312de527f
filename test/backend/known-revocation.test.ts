/** What is learnt about revocation while connections and sessions live: they end, and nothing is sent before a verdict. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patiently } from '../../src/backend/judge/find-revocation.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { readList } from '../../src/revocation/read-list.ts'
import { type News, RevocationBook } from '../../src/revocation/revocation-book.ts'
import { makeCrl } from '../kit/make-crl.ts'
import { makeOcspAnswer } from '../kit/make-ocsp-answer.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { ask, makeBackends } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const ca = await makeCertificate({ subject: 'CA', ca: true })
const leaf = await makeCertificate({ subject: 'leaf', issuer: ca, sans: { dns: ['a.localhost'] } })
const trust = [trustSetOf('corp', [ca])]

function listOf(revoked: readonly (typeof leaf)[]): News {
  const reading = readList(makeCrl({ issuer: ca, revoked }), [ca.der])
  assert.ok('list' in reading)
  const { list } = reading
  const fact = { kind: 'list', key: 'corp', source: 'corp.crl', isFile: true, fault: undefined } as const
  return { facts: [{ ...fact, issuer: list.issuer, list }], gone: [] }
}

const soft = { revocation: { mode: 'soft', sources: ['crl'] } } as const
const hard = { revocation: { mode: 'hard', sources: ['crl'] } } as const

test('a session is not resumed with a certificate that has been revoked since', async (t) => {
  const backend = await startBackend(t, { certificate: leaf })
  const revocation = new RevocationBook(async () => {})
  const reach = makeBackends(t, { trust, unlisted: hard }, { revocation })
  const authority = `a.localhost:${backend.port}`
  revocation.learn(listOf([]))
  await ask(await reach.open(authority))
  assert.equal((await reach.open(authority)).tls.resumed, true)
  revocation.learn(listOf([leaf]))
  const refused = await reach.verdict(authority)
  assert.deepEqual([refused.outcome, refused.findings[0]?.name], ['refused', 'revoked'])
})

test('a session ends with the stapled answer it was verified with', async (t) => {
  let clock = Date.now()
  const staple = () => makeOcspAnswer({ about: leaf, issuer: ca, nextUpdate: new Date(clock + 600_000) })
  const backend = await startBackend(t, {
    certificate: leaf,
    tls: { ecdhCurve: 'X25519:P-256' },
    onServer: (server) => server.on('OCSPRequest', (_certificate, _issuer, reply) => reply(null, staple())),
  })
  const unlisted = { revocation: { mode: 'hard', sources: ['stapled'] } } as const
  const reach = makeBackends(t, { trust, unlisted }, { now: () => clock })
  const authority = `a.localhost:${backend.port}`
  await ask(await reach.open(authority))
  assert.equal((await reach.open(authority)).tls.resumed, true)
  clock += 601_000
  assert.equal((await reach.open(authority)).tls.resumed, false)
})

test('a pooled connection ends when its certificate turns out to be revoked, and stays when another does', async (t) => {
  const backend = await startBackend(t, { certificate: leaf })
  const revocation = new RevocationBook(async () => {})
  const reach = makeBackends(t, { trust, unlisted: hard }, { revocation })
  const authority = `a.localhost:${backend.port}`
  revocation.learn(listOf([]))
  const pool = reach.backends.poolFor(reach.decision(authority))
  pool.put(await pool.open())
  const taken = await pool.open()
  revocation.learn(listOf([ca]))
  assert.equal(pool.size, 2)
  revocation.learn(listOf([leaf]))
  assert.deepEqual([pool.size, pool.idle], [1, 0])
  pool.put(taken)
  assert.equal(pool.size, 0)
})

test('a handshake waits for what is being found out, and nothing is sent meanwhile', async (t) => {
  const backend = await startBackend(t, { certificate: leaf })
  const asked = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  const revocation = new RevocationBook(async () => {
    asked.resolve()
    await told.promise
    revocation.learn(listOf([]))
  })
  const reach = makeBackends(t, { trust, unlisted: hard }, { revocation })
  const opening = reach.open(`a.localhost:${backend.port}`).then(ask)
  await asked.promise
  assert.deepEqual([backend.accepted, backend.requests.length], [1, 0])
  told.resolve()
  await opening
  assert.deepEqual(backend.requests, ['GET /'])
})

test('in soft mode nothing waits for what is being found out, and what it turns out to be ends what was trusted', async (t) => {
  const backend = await startBackend(t, { certificate: leaf })
  const never = new Promise<void>(() => {})
  const asked: string[] = []
  const revocation = new RevocationBook((questions) => {
    asked.push(...questions.map(({ subject }) => subject))
    return never
  })
  const reach = makeBackends(t, { trust, unlisted: soft }, { revocation })
  const decision = reach.decision(`a.localhost:${backend.port}`)
  const pool = reach.backends.poolFor(decision)
  pool.put(await pool.open())
  const first = await reach.backends.verdictFor(decision)
  assert.deepEqual([first.verdict.outcome, first.verdict.weighed], ['trusted', []])
  assert.deepEqual(asked, ['CN=leaf'])
  revocation.learn(listOf([ca]))
  assert.deepEqual([pool.idle, (await reach.backends.verdictFor(decision)).cached], [1, true])
  revocation.learn(listOf([leaf]))
  assert.equal(pool.idle, 0)
  await assert.rejects(reach.backends.verdictFor(decision), { code: 'POLICY_VERDICT_REFUSED' })
})

test('one who only looks waits in soft mode too', async (t) => {
  const backend = await startBackend(t, { certificate: leaf })
  const revocation = new RevocationBook(async () => revocation.learn(listOf([leaf])))
  const reach = makeBackends(t, { trust, unlisted: soft }, { revocation: patiently(revocation) })
  const { outcome, findings } = await reach.verdict(`a.localhost:${backend.port}`)
  assert.deepEqual([outcome, findings[0]?.name], ['refused', 'revoked'])
})

test('a refusal for want of an answer is not kept once there is one', async (t) => {
  const backend = await startBackend(t, { certificate: leaf })
  const revocation = new RevocationBook(async () => {})
  const reach = makeBackends(t, { trust, unlisted: hard }, { revocation })
  const decision = reach.decision(`a.localhost:${backend.port}`)
  await assert.rejects(reach.backends.verdictFor(decision), { code: 'POLICY_VERDICT_REFUSED' })
  revocation.learn(listOf([]))
  assert.equal((await reach.backends.verdictFor(decision)).verdict.outcome, 'trusted')
})
