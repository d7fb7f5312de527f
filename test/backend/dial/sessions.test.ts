/**
 * Resumption: it must work, and it must prove nothing by itself. Every test here has a backend that would gladly
 * resume; what counts is whether we let it, and under which verdict.
 */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type tls from 'node:tls'
import { type CarriedSession, Sessions } from '../../../src/backend/dial/sessions.ts'
import { type CertificateWish, makeCertificate } from '../../../src/certificate/make-certificate.ts'
import type { Rule } from '../../../src/policy/policy.ts'
import { makeOffer, type SnapshotWish } from '../../kit/make-snapshot.ts'
import { makeTrust, trustSetOf } from '../../kit/make-trust.ts'
import { makeRule, pattern } from '../../kit/policies.ts'
import { ask, makeBackends, namesOf, type TestBackends } from '../../kit/reach.ts'
import { startBackend, type TestBackend } from '../../kit/start-backend.ts'

const trust = await makeTrust(['good.test', 'other.test', 'front.test'])
const resolve = async () => ['127.0.0.1']
const start = (t: TestContext, tlsOptions: tls.TlsOptions = {}) =>
  startBackend(t, { certificate: trust.leaf, tls: tlsOptions })

/** Opens a connection, asks something over it (TLS 1.3 hands out tickets only then) and closes it. */
async function visit({ open, backends, decision }: TestBackends, authority: string) {
  const backend = await open(authority)
  await ask(backend)
  backends.poolFor(decision(authority)).drop(backend)
  backend.wire.destroy()
  return backend
}

function resumed(backend: TestBackend): boolean[] {
  return backend.handshakes.map((handshake) => handshake.resumed)
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a session of ${version} is resumed, again and again, with the verdict and the facts it came from`, async (t) => {
    const backend = await start(t, { minVersion: version, maxVersion: version })
    const reach = makeBackends(t, { trust: [trust.set] }, { resolve })
    const authority = `good.test:${backend.port}`
    const [first, second, third] = [
      await visit(reach, authority),
      await visit(reach, authority),
      await visit(reach, authority),
    ]
    assert.deepEqual(resumed(backend), [false, true, true])
    assert.deepEqual([first.tls.resumed, second.tls.resumed, third.tls.resumed], [false, true, true])
    for (const again of [second, third]) {
      assert.equal(again.verdict.outcome, 'trusted')
      assert.equal(again.tls.spkiSha256, trust.leaf.spkiSha256)
      assert.equal(again.tls.group, first.tls.group)
      assert.notEqual(again.tls.group, '')
    }
  })
}

test('what was found in the full handshake is found in a resumed one', async (t) => {
  const certificate = await makeCertificate({ subject: 'x', sans: { dns: ['wrong.test'] } })
  const backend = await startBackend(t, { certificate })
  const reach = makeBackends(t, { unlisted: { enforcement: 'report' } }, { resolve })
  const authority = `good.test:${backend.port}`
  const [first, second] = [await visit(reach, authority), await visit(reach, authority)]
  assert.deepEqual(resumed(backend), [false, true])
  assert.deepEqual(second.verdict, first.verdict)
  assert.deepEqual(namesOf(second.verdict), ['name-mismatch', 'self-signed'])
})

test('a verifying handshake never resumes: its point is to see the certificate', async (t) => {
  const backend = await start(t)
  const reach = makeBackends(t, { trust: [trust.set], timeouts: { verdictMs: 0 } }, { resolve })
  const decision = reach.decision(`good.test:${backend.port}`)
  await visit(reach, `good.test:${backend.port}`)
  const offered = backend.hellos.length
  await reach.backends.verdictFor(decision)
  await reach.backends.verdictFor(decision)
  assert.deepEqual(
    backend.hellos.slice(offered).map((hello) => hello.offersSession),
    [false, false],
  )
})

test('when trust is taken away the next snapshot refuses, although the backend would resume', async (t) => {
  const backend = await start(t)
  const authority = `good.test:${backend.port}`
  const before = makeBackends(t, { trust: [trust.set] }, { resolve })
  await visit(before, authority)
  await visit(before, authority)
  assert.deepEqual(resumed(backend), [false, true])
  const stranger = trustSetOf('corp', [await makeCertificate({ subject: 'Stranger', ca: true })])
  const after = makeBackends(t, { trust: [stranger] }, { resolve })
  const error = await after.refusal(authority)
  assert.equal(error.code, 'POLICY_VERDICT_REFUSED')
  assert.equal(backend.hellos.at(-1)?.offersSession, false)
})

test('nothing is resumed across snapshots, even when nothing has changed', async (t) => {
  const backend = await start(t)
  for (let count = 0; count < 2; count += 1) {
    await visit(makeBackends(t, { trust: [trust.set] }, { resolve }), `good.test:${backend.port}`)
  }
  assert.deepEqual(resumed(backend), [false, false])
})

const identity = async (name: string) => {
  const made = await makeCertificate({ subject: name, issuer: trust.ca })
  return { name, certificate: made.certificate, key: made.key, sha256: made.sha256 }
}
const identities = [await identity('one'), await identity('two')]

const parted: { why: string; rules: [Partial<Rule>, Partial<Rule>] }[] = [
  { why: 'SNI', rules: [{ sni: true }, { sni: 'front.test' }] },
  { why: 'SNI on and off', rules: [{ sni: true }, { sni: false }] },
  { why: 'the name to verify', rules: [{}, { verifyName: 'front.test' }] },
  { why: 'the client certificate', rules: [{ clientCertificate: 'one' }, { clientCertificate: 'two' }] },
  { why: 'a client certificate or none', rules: [{ clientCertificate: 'one' }, {}] },
  { why: 'the trust store', rules: [{ trustStores: ['corp'] }, { trustStores: ['corp', 'more'] }] },
  { why: 'the protocols', rules: [{}, { tls: makeOffer({ protocols: ['TLSv1.3'] }) }] },
  { why: 'nothing but the rule', rules: [{}, {}] },
]
for (const { why, rules } of parted) {
  test(`two rules that differ by ${why} share neither session nor connection for one backend`, async (t) => {
    const backend = await start(t, { requestCert: true, rejectUnauthorized: false })
    const more = trustSetOf('more', [await makeCertificate({ subject: 'More', ca: true })])
    const base = { trustStores: ['corp'], tls: makeOffer() }
    const [first, second] = rules.map((rule, index) => makeRule({ ...base, name: `r${index}`, index, ...rule })) as [
      Rule,
      Rule,
    ]
    const reach = makeBackends(t, { trust: [trust.set, more], identities, rules: [first, second] }, { resolve })
    const { destination } = reach.decision(`good.test:${backend.port}`)
    for (const rule of [first, second]) {
      const pool = reach.backends.poolFor({ allowed: true, destination, rule, reason: 'rule' })
      assert.equal(pool.take(), undefined)
      const opened = await pool.open()
      await ask(opened)
      pool.put(opened)
    }
    assert.equal(backend.accepted, 2)
    assert.deepEqual(resumed(backend), [false, false])
  })
}

test('two destinations on one address share no session', async (t) => {
  const backend = await start(t)
  const reach = makeBackends(t, { trust: [trust.set] }, { resolve })
  await visit(reach, `good.test:${backend.port}`)
  await visit(reach, `other.test:${backend.port}`)
  assert.deepEqual(resumed(backend), [false, false])
})

test('a session of a refused backend is never kept', async (t) => {
  const strict = makeRule({ name: 'strict', match: [pattern('other.test')], trustStores: [], tls: makeOffer() })
  const backend = await start(t, { maxVersion: 'TLSv1.2' })
  const reach = makeBackends(t, { trust: [trust.set], rules: [strict] }, { resolve })
  await reach.refusal(`other.test:${backend.port}`)
  await reach.refusal(`other.test:${backend.port}`)
  assert.deepEqual(
    backend.hellos.map((hello) => hello.offersSession),
    [false, false],
  )
})

const DAY = 86_400_000
const later: {
  why: string
  leaf: Partial<CertificateWish>
  wish: (port: number) => Partial<SnapshotWish>
  ms: number
  resumes: boolean
}[] = [
  { why: 'within the hour', leaf: {}, wish: () => ({}), ms: 3_500_000, resumes: true },
  { why: 'after an hour', leaf: {}, wish: () => ({}), ms: 3_700_000, resumes: false },
  { why: 'after the clock went back', leaf: {}, wish: () => ({}), ms: -DAY, resumes: false },
  {
    why: 'when the certificate has ended',
    leaf: { notAfter: new Date(Date.now() + 60_000) },
    wish: () => ({}),
    ms: 70_000,
    resumes: false,
  },
]
for (const { why, leaf, ms, resumes } of later) {
  test(`a session is ${resumes ? '' : 'not '}offered again ${why}`, async (t) => {
    const certificate = await makeCertificate({ subject: 'x', issuer: trust.ca, sans: { dns: ['good.test'] }, ...leaf })
    const backend = await startBackend(t, { certificate })
    let clock = Date.now()
    const wish = { trust: [trust.set], unlisted: { enforcement: 'report' } } as const
    const reach = makeBackends(t, wish, { resolve, now: () => clock })
    await visit(reach, `good.test:${backend.port}`)
    clock += ms
    await visit(reach, `good.test:${backend.port}`)
    assert.deepEqual(
      backend.hellos.map((hello) => hello.offersSession),
      [false, resumes],
    )
  })
}

test('a session resumed again and again is still as old as the certificate it was seen with', async (t) => {
  const backend = await start(t)
  let clock = Date.now()
  const reach = makeBackends(t, { trust: [trust.set] }, { resolve, now: () => clock })
  for (const ms of [0, 3_500_000, 200_000]) {
    clock += ms
    await visit(reach, `good.test:${backend.port}`)
  }
  assert.deepEqual(resumed(backend), [false, true, false])
})

test('when an exception has ended, a session it let pass leads to a refusal', async (t) => {
  const certificate = await makeCertificate({ subject: 'x', sans: { dns: ['good.test'] } })
  const backend = await startBackend(t, { certificate })
  let clock = Date.now()
  const exceptions = [
    {
      host: 'good.test',
      port: backend.port,
      findings: ['self-signed' as const],
      untilMs: clock + 60_000,
      owner: 'ops',
      reason: 'test',
    },
  ]
  const reach = makeBackends(t, { exceptions }, { resolve, now: () => clock })
  const authority = `good.test:${backend.port}`
  assert.deepEqual((await visit(reach, authority)).verdict.because, ['exception'])
  assert.equal((await visit(reach, authority)).tls.resumed, true)
  clock += 70_000
  assert.equal((await reach.refusal(authority)).code, 'POLICY_VERDICT_REFUSED')
})

test('sessions are bounded, and the oldest goes first', () => {
  const sessions = new Sessions()
  const rule = makeRule()
  const key = (authority: string) => ({ rule, authority, serverName: '', nameToVerify: '', identity: undefined })
  const certificate = {
    findings: [],
    spkiSha256: '',
    notAfterMs: Number.POSITIVE_INFINITY,
    revocation: undefined,
    chain: [],
  }
  const carried: CarriedSession = {
    session: Buffer.alloc(1),
    certificate,
    seenMs: 0,
    goodUntilMs: Number.POSITIVE_INFINITY,
  }
  for (let count = 0; count <= 2000; count += 1) sessions.keep(key(`${count}`), carried)
  assert.equal(sessions.find(key('0'), 1), undefined)
  assert.equal(sessions.find(key('1'), 1), carried)
  assert.equal(sessions.find(key('2000'), 1), carried)
})
