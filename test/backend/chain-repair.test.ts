/**
 * Chains that a backend sends without all of their certificates: completed from the pool of intermediates where the rule
 * allows it, and told apart from chains whose issuer nobody trusts. Nothing that lies in the pool is ever trusted for it.
 */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import test from 'node:test'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { FindingName, Rule } from '../../src/policy/policy.ts'
import { isIntermediate, makeIntermediatePool } from '../../src/truststore/intermediate-pool.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeBackends, namesOf } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000)
const resolve = async () => ['127.0.0.1']
const sans = { dns: ['good.test'] }
const root = await makeCertificate({ subject: 'Root', ca: true })
const upper = await makeCertificate({ subject: 'Upper', ca: true, issuer: root })
const lower = await makeCertificate({ subject: 'Lower', ca: true, issuer: upper })
const stranger = await makeCertificate({ subject: 'Stranger', ca: true })
const strangerMiddle = await makeCertificate({ subject: 'Stranger Middle', ca: true, issuer: stranger })
const noAuthority = await makeCertificate({ subject: 'No Authority', issuer: root })
const expired = await makeCertificate({
  subject: 'Old',
  ca: true,
  issuer: root,
  notBefore: day(-30),
  notAfter: day(-1),
})
const elsewhere = await makeCertificate({
  subject: 'Elsewhere',
  ca: true,
  issuer: root,
  nameConstraints: { permitted: ['other.test'] },
})
/** Of the same name and key identifier as the real one, and not signed by the root. */
const forged = await makeCertificate({ subject: 'Upper', ca: true, issuer: stranger, privateKey: upper.key })
const anchored = await makeCertificate({ subject: 'Partial', ca: true, issuer: stranger })

interface Case {
  readonly why: string
  readonly issuer: MadeCertificate
  readonly sent?: readonly MadeCertificate[]
  readonly pool?: readonly MadeCertificate[]
  readonly rule?: Partial<Rule>
  readonly issuerUrl?: string
  readonly findings: readonly FindingName[]
}

const aia = 'http://ca.test/issuer.cer'
const cases: readonly Case[] = [
  { why: 'its one intermediate in the pool', issuer: upper, pool: [upper], findings: [] },
  { why: 'its one intermediate nowhere', issuer: upper, findings: ['untrusted-issuer'] },
  { why: 'two intermediates in the pool', issuer: lower, pool: [lower, upper], findings: [] },
  { why: 'one of two intermediates in the pool', issuer: lower, pool: [lower], findings: ['untrusted-issuer'] },
  {
    why: 'the upper intermediate in the pool, the lower sent',
    issuer: lower,
    sent: [lower],
    pool: [upper],
    findings: [],
  },
  { why: 'all sent, and the pool holding them too', issuer: upper, sent: [upper], pool: [upper], findings: [] },
  {
    why: 'its intermediate in the pool and no repair wanted',
    issuer: upper,
    pool: [upper],
    rule: { chainRepair: 'off' },
    findings: ['untrusted-issuer'],
  },

  // What lies in the pool is not trusted for it.
  { why: 'its root in the pool', issuer: stranger, pool: [stranger], findings: ['untrusted-issuer'] },
  {
    why: 'its root sent and in the pool',
    issuer: stranger,
    sent: [stranger],
    pool: [stranger],
    findings: ['untrusted-issuer'],
  },
  {
    why: 'the intermediate of a stranger in the pool',
    issuer: strangerMiddle,
    pool: [strangerMiddle],
    findings: ['untrusted-issuer'],
  },
  {
    why: 'the whole chain of a stranger in the pool',
    issuer: strangerMiddle,
    pool: [strangerMiddle, stranger],
    findings: ['untrusted-issuer'],
  },
  { why: 'a forged intermediate in the pool', issuer: upper, pool: [forged], findings: ['untrusted-issuer'] },
  { why: 'a forged intermediate beside the real one', issuer: upper, pool: [forged, upper], findings: [] },

  // What is borrowed is judged as what is sent.
  { why: 'an expired intermediate in the pool', issuer: expired, pool: [expired], findings: ['expired'] },
  {
    why: 'an intermediate in the pool that must not vouch for it',
    issuer: elsewhere,
    pool: [elsewhere],
    findings: ['wrong-purpose'],
  },
  {
    why: 'one in the pool that is no authority',
    issuer: noAuthority,
    pool: [noAuthority],
    findings: ['untrusted-issuer'],
  },

  // Incomplete, and known to be.
  { why: 'its issuer left out, saying where it is', issuer: upper, issuerUrl: aia, findings: ['incomplete-chain'] },
  { why: 'a gap in the middle of what it sent', issuer: lower, sent: [upper], findings: ['incomplete-chain'] },
  { why: 'its root sent and nothing between', issuer: upper, sent: [root], findings: ['incomplete-chain'] },
  {
    why: 'certificates of a stranger in place of its own',
    issuer: upper,
    sent: [strangerMiddle],
    findings: ['untrusted-issuer'],
  },
]

for (const stores of [[root], [root, anchored]]) {
  const kind = stores.length === 1 ? 'roots alone' : 'an anchor that is no root beside the root'
  const trust = [trustSetOf('corp', stores)]
  for (const { why, issuer, sent = [], pool = [], rule = {}, issuerUrl, findings } of cases) {
    const found = findings.length === 0 ? 'trusted' : `refused (${findings.join(', ')})`
    test(`with ${kind}, a backend with ${why} is ${found}`, async (t) => {
      const leaf = await makeCertificate({ subject: 'leaf', issuer, sans, issuerUrl })
      const backend = await startBackend(t, { certificate: leaf, chain: sent })
      const reach = makeBackends(t, { trust, intermediates: pool, unlisted: rule }, { resolve })
      const verdict = await reach.verdict(`good.test:${backend.port}`)
      assert.deepEqual(namesOf(verdict), findings, JSON.stringify(verdict.findings))
    })
  }
}

test('an anchor that is no root keeps its trust, and lends none, while there is a pool', async (t) => {
  const leaf = await makeCertificate({ subject: 'leaf', issuer: anchored, sans })
  const backend = await startBackend(t, { certificate: leaf })
  const verdictWith = (trust: readonly MadeCertificate[]) =>
    makeBackends(t, { trust: [trustSetOf('corp', trust)], intermediates: [upper, anchored] }, { resolve }).verdict(
      `good.test:${backend.port}`,
    )
  assert.equal((await verdictWith([root, anchored])).outcome, 'trusted')
  assert.equal((await verdictWith([root])).outcome, 'refused')
})

test('a pool holds authorities that others vouch for, each once, and equal pools have equal hashes', async () => {
  const read = (made: MadeCertificate) => new X509Certificate(made.certificate)
  const selfIssued = await makeCertificate({ subject: 'ROOT  two', ca: true, keyIdentifiers: false })
  for (const made of [root, stranger, selfIssued, noAuthority]) assert.equal(isIntermediate(read(made)), false)
  assert.equal(isIntermediate(read(upper)), true)
  const one = makeIntermediatePool([upper, root, lower, upper].map(read))
  assert.equal(one.certificates.length, 2)
  assert.equal(one.sha256, makeIntermediatePool([lower, upper].map(read)).sha256)
  assert.notEqual(one.sha256, makeIntermediatePool([lower].map(read)).sha256)
})
