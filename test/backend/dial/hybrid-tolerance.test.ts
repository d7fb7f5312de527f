/** Backends behind something that breaks a large ClientHello: what is learned, from what, and what is never led below. */
import assert from 'node:assert/strict'
import type net from 'node:net'
import test, { type TestContext } from 'node:test'
import { HybridTolerance } from '../../../src/backend/dial/hybrid-tolerance.ts'
import { makeCertificate } from '../../../src/certificate/make-certificate.ts'
import { createCounters } from '../../../src/observe/counters.ts'
import type { Rule } from '../../../src/policy/policy.ts'
import { makeOffer, type OfferWish } from '../../kit/make-snapshot.ts'
import { makeTrust } from '../../kit/make-trust.ts'
import { makeBackends } from '../../kit/reach.ts'
import { type BackendWish, misbehaviours, startBackend, startRawBackend } from '../../kit/start-backend.ts'
import { startMiddlebox } from '../../kit/start-middlebox.ts'

const trust = await makeTrust(['good.test'])
const resolve = async () => ['127.0.0.1']
const DAY_MS = 86_400_000

function reach(t: TestContext, offer: OfferWish, more: { rule?: Partial<Rule>; now?: () => number } = {}) {
  const counters = createCounters()
  const made = makeBackends(
    t,
    {
      trust: [trust.set],
      unlisted: { tls: makeOffer(offer), ...more.rule },
      timeouts: { handshakeMs: 300 },
    },
    { resolve, counters, ...(more.now ? { now: more.now } : {}) },
  )
  const marks = () => made.backends.tolerance.marks.map(({ authority }) => authority)
  const retries = () => counters.snapshot().tls_classic_retries_total ?? {}
  return { ...made, marks, retries }
}

const brokenWays: { why: string; does: 'resets' | 'drops'; offer: OfferWish; wish?: BackendWish }[] = [
  { why: 'resets a hello with a hybrid key share', does: 'resets', offer: { postQuantum: 'prefer' } },
  { why: 'swallows a hello with a hybrid key share', does: 'drops', offer: { postQuantum: 'prefer' } },
  {
    why: 'resets the second hello, with the share that the backend asked for',
    does: 'resets',
    offer: { postQuantum: 'compatible' },
    wish: { tls: { ecdhCurve: 'X25519MLKEM768/X25519' } },
  },
]
for (const { why, does, offer, wish } of brokenWays) {
  test(`a backend behind something that ${why} is reached classically, and marked the second time`, async (t) => {
    const { port, backend } = await startMiddlebox(t, trust.leaf, { does, ...(wish ? { wish } : {}) })
    const { open, marks, retries } = reach(t, offer)
    const first = await open(`good.test:${port}`)
    assert.deepEqual([first.tls.group, first.verdict.outcome, marks()], ['X25519', 'trusted', []])
    await open(`good.test:${port}`)
    assert.deepEqual(marks(), [`good.test:${port}`])
    assert.deepEqual(retries(), { ok: 2 })

    const before = backend.accepted
    assert.equal((await open(`good.test:${port}`)).tls.group, 'X25519')
    assert.equal(backend.accepted - before, 1, 'the marked backend is dialled once')
    assert.deepEqual(backend.hellos.at(-1)?.groups.includes('X25519MLKEM768'), false)
    assert.deepEqual(retries(), { ok: 2 })
  })
}

test('the verifying handshake before a tunnel learns as well', async (t) => {
  const { port } = await startMiddlebox(t, trust.leaf, { does: 'resets' })
  const { backends, decision, marks } = reach(t, { postQuantum: 'prefer' })
  for (const _ of [1, 2]) assert.equal((await backends.examine(decision(`good.test:${port}`))).tls.group, 'X25519')
  assert.deepEqual(marks(), [`good.test:${port}`])
})

test('a mark ends after a day, and a repaired way is found out by itself', async (t) => {
  let nowMs = Date.now()
  const box = await startMiddlebox(t, trust.leaf, { does: 'resets' })
  const { open, marks } = reach(t, { postQuantum: 'prefer' }, { now: () => nowMs })
  for (const _ of [1, 2]) await open(`good.test:${box.port}`)
  box.isBroken = false
  assert.equal((await open(`good.test:${box.port}`)).tls.group, 'X25519')
  nowMs += DAY_MS
  assert.deepEqual(marks(), [])
  assert.equal((await open(`good.test:${box.port}`)).tls.group, 'X25519MLKEM768')
})

test('a backend that takes the large hello in between is not marked', async (t) => {
  const box = await startMiddlebox(t, trust.leaf, { does: 'resets' })
  const { open, marks } = reach(t, { postQuantum: 'prefer' })
  for (const isBroken of [true, false, true]) {
    box.isBroken = isBroken
    await open(`good.test:${box.port}`)
  }
  assert.deepEqual(marks(), [])
})

const innocent: { why: string; onSocket: (socket: net.Socket) => void }[] = [
  { why: 'resets everything', onSocket: misbehaviours.resets },
  { why: 'is silent', onSocket: misbehaviours.silent },
  { why: 'closes at once', onSocket: misbehaviours['closes at once'] },
]
for (const { why, onSocket } of innocent) {
  test(`a backend that ${why} is down, not intolerant, and is not dialled twice each time`, async (t) => {
    const backend = await startRawBackend(t, { onSocket })
    const { refusal, marks, retries } = reach(t, { postQuantum: 'prefer' })
    for (const _ of [1, 2, 3]) await refusal(`good.test:${backend.port}`)
    assert.deepEqual([marks(), retries(), backend.accepted], [[], { fail: 1 }, 4])
  })
}

test('a backend that says why, by an alert, is never tried again', async (t) => {
  const backend = await startBackend(t, {
    certificate: trust.leaf,
    tls: { maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
  })
  const { refusal, retries } = reach(t, { postQuantum: 'prefer' })
  await refusal(`good.test:${backend.port}`)
  assert.deepEqual([retries(), backend.accepted], [{}, 1])
})

test('a bad certificate is refused at once and teaches nothing, also behind a middlebox', async (t) => {
  const wrong = await makeCertificate({ subject: 'x', issuer: trust.ca, sans: { dns: ['other.test'] } })
  const plain = await startBackend(t, { certificate: wrong })
  const { refusal, retries } = reach(t, { postQuantum: 'prefer' })
  assert.equal((await refusal(`good.test:${plain.port}`)).code, 'POLICY_VERDICT_REFUSED')
  assert.deepEqual([retries(), plain.accepted], [{}, 1])

  const { port } = await startMiddlebox(t, wrong, { does: 'resets' })
  const behind = reach(t, { postQuantum: 'prefer' })
  for (const _ of [1, 2, 3]) assert.equal((await behind.refusal(`good.test:${port}`)).code, 'POLICY_VERDICT_REFUSED')
  assert.deepEqual(behind.marks(), [])
})

const insisting: { why: string; offer: OfferWish; rule?: Partial<Rule> }[] = [
  {
    why: 'hybrid groups alone',
    offer: { postQuantum: 'prefer', protocols: ['TLSv1.3'], groups: ['X25519MLKEM768', 'SecP256r1MLKEM768'] },
  },
]
for (const { why, offer } of insisting) {
  test(`a rule with ${why} insists: it is never led below them`, async (t) => {
    const { port, backend } = await startMiddlebox(t, trust.leaf, { does: 'resets' })
    const { refusal, backends, marks, retries } = reach(t, offer)
    // Not even by what others have learned under another rule.
    backends.tolerance.learn([{ authority: `good.test:${port}`, untilMs: Date.now() + DAY_MS }])
    for (const _ of [1, 2, 3]) assert.equal((await refusal(`good.test:${port}`)).code, 'BACKEND_HANDSHAKE_FAILED')
    assert.deepEqual([retries(), marks().length, backend.hellos], [{}, 1, []])
  })
}

test('a rule without post-quantum groups is never dialled twice', async (t) => {
  const backend = await startRawBackend(t, { onSocket: misbehaviours.resets })
  const { refusal, retries } = reach(t, { postQuantum: 'off', groups: ['X25519'] })
  await refusal(`good.test:${backend.port}`)
  assert.deepEqual([retries(), backend.accepted], [{}, 1])
})

test('dials that break together count once, and what is known stays bounded', () => {
  const tolerance = new HybridTolerance(() => 1000)
  const startedMs = performance.now()
  for (const _ of [1, 2, 3]) tolerance.passedWithout('a.test:443', startedMs)
  assert.deepEqual(tolerance.marks, [])
  tolerance.passedWithout('a.test:443', performance.now())
  assert.deepEqual(tolerance.marks, [{ authority: 'a.test:443', untilMs: 1000 + DAY_MS }])

  tolerance.learn(Array.from({ length: 5000 }, (_, n) => ({ authority: `b${n}.test:443`, untilMs: 2000 })))
  assert.equal(tolerance.marks.length, 1000)
  assert.equal(tolerance.isMarked('b4999.test:443'), true)
})

test('what others have learned holds no longer than they say', () => {
  let nowMs = 1000
  const tolerance = new HybridTolerance(() => nowMs)
  tolerance.learn([
    { authority: 'a.test:443', untilMs: 2000 },
    { authority: 'b.test:443', untilMs: 900 },
  ])
  assert.deepEqual([tolerance.isMarked('a.test:443'), tolerance.isMarked('b.test:443')], [true, false])
  nowMs = 2000
  assert.equal(tolerance.isMarked('a.test:443'), false)
})
