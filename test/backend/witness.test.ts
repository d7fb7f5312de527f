/** Who is told of which handshake, with what; over real sockets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Witnessed } from '../../src/backend/witness.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { makeOffer } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { ask, makeBackends } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const corp = await makeTrust(['good.test'])
const resolve = async () => ['127.0.0.1']

test('each full handshake is witnessed with its chain; a resumed one shows none, a pooled connection is none', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const seen: Witnessed[] = []
  const { backends, decision, open } = makeBackends(
    t,
    { trust: [corp.set] },
    { resolve, witness: (each) => seen.push(each) },
  )
  const authority = `good.test:${backend.port}`
  const first = await open(authority)
  await ask(first)
  const [full] = seen
  assert.deepEqual(
    [full?.destination.authority, full?.verdict.outcome, full?.serverName, full?.rule.name, full?.tls?.resumed],
    [authority, 'trusted', 'good.test', 'unlisted', false],
  )
  assert.deepEqual(
    full?.presentedChain.map(({ raw }) => raw),
    [corp.leaf.der, corp.ca.der],
  )
  assert.equal(full?.notAfterMs, Math.min(...full.presentedChain.map(({ validToDate }) => validToDate.getTime())))
  const pool = backends.poolFor(decision(authority))
  pool.put(first)
  assert.equal(pool.take(), first)
  assert.equal(seen.length, 1)
  await open(authority)
  assert.deepEqual([seen[1]?.tls?.resumed, seen[1]?.presentedChain.length], [true, 0])
})

test('a refusal is witnessed with what refuses it, whether there was a certificate or not', async (t) => {
  const stranger = await startBackend(t, {
    certificate: await makeCertificate({ subject: 'x', sans: { dns: ['good.test'] } }),
  })
  const old = await startBackend(t, { certificate: corp.leaf, tls: { maxVersion: 'TLSv1.2' } })
  const seen: Witnessed[] = []
  const tls = makeOffer({ protocols: ['TLSv1.3'], ciphers: ['TLS_AES_128_GCM_SHA256'] })
  const options = { resolve, witness: (each: Witnessed) => seen.push(each) }
  const { refusal } = makeBackends(t, { trust: [corp.set], unlisted: { tls } }, options)
  await refusal(`good.test:${stranger.port}`)
  await refusal(`good.test:${old.port}`)
  const told = seen.map(({ verdict, tls: facts, presentedChain }) => [
    verdict.outcome,
    verdict.findings.map(({ name }) => name).join(),
    facts?.protocol,
    presentedChain.length,
  ])
  assert.deepEqual(told, [
    ['refused', 'self-signed', 'TLSv1.3', 1],
    ['refused', 'protocol-refused', undefined, 0],
  ])
})

test('a backend out of reach is no sight', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf })
  await backend.close()
  const seen: Witnessed[] = []
  const { refusal } = makeBackends(t, { trust: [corp.set] }, { resolve, witness: (each) => seen.push(each) })
  assert.equal((await refusal(`good.test:${backend.port}`)).code, 'BACKEND_CONNECT_REFUSED')
  assert.deepEqual(seen, [])
})

test('the exceptions that were needed are named, those that only fit are not', async (t) => {
  const past = { notBefore: new Date(Date.now() - 9e8), notAfter: new Date(Date.now() - 1e8) }
  const expired = await makeTrust(['good.test'], { leaf: past })
  const backend = await startBackend(t, { certificate: expired.leaf })
  const base = { host: 'good.test', port: backend.port, untilMs: Date.now() + 1e6, owner: 'o', reason: 'r' }
  const exceptions = [
    { ...base, findings: ['self-signed'] as const },
    { ...base, findings: ['expired'] as const },
    { ...base, findings: ['expired', 'name-mismatch'] as const },
  ]
  const seen: Witnessed[] = []
  const { verdict } = makeBackends(
    t,
    { trust: [expired.set], exceptions },
    { resolve, witness: (each) => seen.push(each) },
  )
  assert.equal((await verdict(`good.test:${backend.port}`)).outcome, 'allowed')
  assert.deepEqual(seen[0]?.exceptions, [exceptions[1]])
})
