/** The door to backends: verdicts for tunnels, warming, and what is counted. */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { SidecarError } from '../../src/errors.ts'
import { createCounters } from '../../src/observe/counters.ts'
import { makeOffer, type SnapshotWish } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeRule, pattern } from '../kit/policies.ts'
import { makeBackends } from '../kit/reach.ts'
import { misbehaviours, startBackend, startRawBackend } from '../kit/start-backend.ts'

const trust = await makeTrust(['good.test', 'other.test'])
const untrusted = await makeCertificate({ subject: 'x', sans: { dns: ['good.test'] } })
const resolve = async () => ['127.0.0.1']

async function start(t: TestContext, wish: Partial<SnapshotWish> = {}, now?: () => number) {
  const backend = await startBackend(t, { certificate: trust.leaf })
  const reach = makeBackends(t, { trust: [trust.set], ...wish }, { resolve, now })
  return { backend, reach, judge: () => reach.backends.verdictFor(reach.decision(`good.test:${backend.port}`)) }
}

test('a verdict is reached once and then taken from the cache, with the address that was judged', async (t) => {
  const { backend, judge } = await start(t)
  const [first, second] = [await judge(), await judge()]
  assert.deepEqual([first.cached, second.cached], [false, true])
  assert.deepEqual([first.verdict.outcome, first.address, first.tls.resumed], ['trusted', '127.0.0.1', false])
  assert.deepEqual({ ...second, cached: false }, first)
  assert.equal(backend.accepted, 1)
  while (backend.sockets.size > 0) await new Promise(setImmediate)
})

test('many callers at once wait for one handshake', async (t) => {
  const { backend, judge } = await start(t)
  const judged = await Promise.all(Array.from({ length: 20 }, judge))
  assert.equal(judged.filter(({ cached }) => !cached).length, 1)
  assert.equal(backend.accepted, 1)
})

test('a verdict is reached again after timeouts.verdict', async (t) => {
  const { backend, judge } = await start(t, { timeouts: { verdictMs: 0 } })
  assert.deepEqual([(await judge()).cached, (await judge()).cached], [false, false])
  assert.equal(backend.accepted, 2)
})

test('a cached verdict ends with the certificate', async (t) => {
  let clock = Date.now()
  const soon = { subject: 'x', issuer: trust.ca, sans: { dns: ['good.test'] }, notAfter: new Date(clock + 60_000) }
  const backend = await startBackend(t, { certificate: await makeCertificate(soon) })
  const reach = makeBackends(t, { trust: [trust.set] }, { resolve, now: () => clock })
  const judge = () => reach.backends.verdictFor(reach.decision(`good.test:${backend.port}`))
  assert.deepEqual([(await judge()).cached, (await judge()).cached], [false, true])
  clock += 70_000
  await assert.rejects(judge(), { code: 'POLICY_VERDICT_REFUSED', message: /expired/ })
})

test('a cached verdict ends with the exception it rests on', async (t) => {
  let clock = Date.now()
  const backend = await startBackend(t, { certificate: untrusted })
  const record = {
    host: 'good.test',
    port: backend.port,
    findings: ['self-signed' as const],
    owner: 'ops',
    reason: 'test',
  }
  const exceptions = [{ ...record, untilMs: clock + 60_000 }]
  const reach = makeBackends(t, { exceptions }, { resolve, now: () => clock })
  const judge = () => reach.backends.verdictFor(reach.decision(`good.test:${backend.port}`))
  assert.deepEqual([(await judge()).verdict.because, (await judge()).cached], [['exception'], true])
  clock += 70_000
  await assert.rejects(judge(), { code: 'POLICY_VERDICT_REFUSED' })
})

test('a refusal is kept for a moment, so that a flood of callers is none for the backend', async (t) => {
  const backend = await startBackend(t, { certificate: untrusted })
  const reach = makeBackends(t, {}, { resolve })
  const judge = () =>
    reach.backends.verdictFor(reach.decision(`good.test:${backend.port}`)).catch((error: SidecarError) => error.code)
  const codes = await Promise.all(Array.from({ length: 20 }, judge))
  codes.push(await judge())
  assert.deepEqual(new Set(codes), new Set(['POLICY_VERDICT_REFUSED']))
  assert.equal(backend.accepted, 1)
})

test('after that moment the backend is asked again, so that one which was mended is found', async (t) => {
  const backend = await startBackend(t, { certificate: untrusted })
  const reach = makeBackends(t, {}, { resolve })
  const judge = () => assert.rejects(reach.backends.verdictFor(reach.decision(`good.test:${backend.port}`)))
  t.mock.method(performance, 'now', () => 1000)
  await judge()
  t.mock.method(performance, 'now', () => 1999)
  await judge()
  assert.equal(backend.accepted, 1)
  t.mock.method(performance, 'now', () => 2001)
  await judge()
  assert.equal(backend.accepted, 2)
})

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a backend of ${maxVersion} that greets first, as mail servers do, is judged like any other`, async (t) => {
    const onSecure = (socket: tls.TLSSocket) => void socket.write('* OK ready\r\n')
    const backend = await startBackend(t, { certificate: trust.leaf, tls: { maxVersion }, onSecure })
    const reach = makeBackends(t, { trust: [trust.set], timeouts: { verdictMs: 0 } }, { resolve })
    for (let count = 0; count < 10; count += 1) {
      const judged = await reach.backends.verdictFor(reach.decision(`good.test:${backend.port}`))
      assert.equal(judged.verdict.outcome, 'trusted')
    }
  })
}

test('rules have verdicts of their own for one destination', async (t) => {
  const { backend, reach } = await start(t)
  const decision = reach.decision(`good.test:${backend.port}`)
  await reach.backends.verdictFor(decision)
  const strict = { ...decision, rule: { ...decision.rule, trustStores: [] } }
  await assert.rejects(reach.backends.verdictFor(strict), { code: 'POLICY_VERDICT_REFUSED' })
})

test('the warm list names the destinations with connections, the most used first', async (t) => {
  const { backend, reach } = await start(t)
  const other = await startBackend(t, { certificate: trust.leaf })
  const [good, otherName, gone] = [`good.test:${backend.port}`, `other.test:${other.port}`, `good.test:${other.port}`]
  const pools = [good, otherName, gone].map((authority) => reach.backends.poolFor(reach.decision(authority)))
  for (const pool of pools) pool.put(await pool.open())
  for (let count = 0; count < 3; count += 1) pools[1]?.put(pools[1].take() as never)
  pools[2]?.rest()
  assert.deepEqual(reach.backends.warmList(10), [otherName, good])
  assert.deepEqual(reach.backends.warmList(1), [otherName])
})

test('warming opens one connection to each destination, and what fails or is denied keeps nobody waiting', async (t) => {
  const { backend, reach } = await start(t, {
    rules: [
      makeRule({ name: 'no', match: [pattern('denied.test')], action: 'deny' }),
      makeRule({ name: 'plain', match: [pattern('plain.test')], plaintext: true, tls: makeOffer(), trustStores: [] }),
    ],
  })
  const bad = await startRawBackend(t, { onSocket: misbehaviours['closes at once'] })
  const good = `good.test:${backend.port}`
  await reach.backends.warm([
    good,
    `good.test:${bad.port}`,
    'denied.test:443',
    `plain.test:${backend.port}`,
    'not an authority',
  ])
  assert.equal(reach.backends.poolFor(reach.decision(good)).idle, 1)
  assert.equal(backend.accepted, 1)
  await reach.backends.warm([good])
  assert.equal(backend.accepted, 1)
})

test('warming ends after two seconds, whatever a backend does', async (t) => {
  const { reach } = await start(t, { timeouts: { handshakeMs: 60_000 } })
  const silent = await startRawBackend(t, { onSocket: misbehaviours.silent })
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const warming = reach.backends.warm([`good.test:${silent.port}`])
  t.mock.timers.tick(2000)
  await warming
})

test('handshakes, findings and phases are counted', async (t) => {
  const counters = createCounters()
  const good = await startBackend(t, {
    certificate: trust.leaf,
    tls: { ciphers: 'TLS_AES_128_GCM_SHA256', ecdhCurve: 'X25519' },
  })
  const bad = await startBackend(t, { certificate: untrusted })
  const broken = await startRawBackend(t, { onSocket: misbehaviours['closes at once'] })
  const { open, refusal } = makeBackends(t, { trust: [trust.set] }, { resolve, counters })
  await open(`good.test:${good.port}`)
  await refusal(`good.test:${bad.port}`)
  await refusal(`good.test:${broken.port}`)
  const text = JSON.stringify(counters.snapshot())
  for (const expected of ['self-signed', 'TLS_AES_128_GCM_SHA256', 'X25519', '"ok', 'fail', 'connect', 'dns']) {
    assert.ok(text.includes(expected), `${expected} in ${text}`)
  }
})

test('thousands of destinations are held, and beyond the limit those not in use are let go', async (t) => {
  const { backend, reach } = await start(t)
  const used = reach.backends.poolFor(reach.decision(`good.test:${backend.port}`))
  const taken = await used.open()
  const first = reach.backends.poolFor(reach.decision('n0.test:443'))
  for (let count = 1; count < 4100; count += 1) reach.backends.poolFor(reach.decision(`n${count}.test:443`))
  assert.notEqual(reach.backends.poolFor(reach.decision('n0.test:443')), first)
  assert.equal(reach.backends.poolFor(reach.decision(`good.test:${backend.port}`)), used)
  used.put(taken)
  assert.equal(used.take(), taken)
})

test('an address that was judged and takes no tunnel any more is not kept: the next one is judged anew', async (t) => {
  const { backend, reach } = await start(t)
  const decision = reach.decision(`good.test:${backend.port}`)
  await reach.backends.verdictFor(decision)
  assert.equal((await reach.backends.verdictFor(decision)).cached, true)
  await assert.rejects(reach.backends.dialPlain(decision, '127.0.0.9'), { code: 'BACKEND_CONNECT_REFUSED' })
  assert.equal((await reach.backends.verdictFor(decision)).cached, false)
})
