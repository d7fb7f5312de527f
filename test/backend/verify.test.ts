/**
 * Findings as they come out of real handshakes: for every fault a backend that has it, beside one that has not.
 * The certificates are made here, the resolver sends every name to loopback.
 */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { type CertificateWish, type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { FindingName, Rule } from '../../src/policy/policy.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeBackends, namesOf } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000)
const root = await makeCertificate({ subject: 'Root', ca: true })
const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root })
const stranger = await makeCertificate({ subject: 'Stranger', ca: true })
const strangerMiddle = await makeCertificate({ subject: 'Stranger Middle', ca: true, issuer: stranger })
const corp = trustSetOf('corp', [root])
const resolve = async () => ['127.0.0.1']

interface Case {
  readonly why: string
  readonly leaf: Partial<CertificateWish>
  readonly chain?: readonly MadeCertificate[]
  readonly rule?: Partial<Rule>
  readonly trust?: typeof corp
  readonly findings: readonly FindingName[]
}

const sans = { dns: ['good.test'] }
const cases: readonly Case[] = [
  { why: 'all in order', leaf: {}, findings: [] },
  { why: 'all in order with an intermediate sent', leaf: { issuer: middle }, chain: [middle], findings: [] },
  { why: 'the root sent as well', leaf: { issuer: middle }, chain: [middle, root], findings: [] },
  { why: 'certificates sent that do not belong', leaf: { issuer: middle }, chain: [stranger, middle], findings: [] },
  { why: 'an RSA key', leaf: { keyType: 'rsa' }, findings: [] },

  { why: 'an issuer nobody knows', leaf: { issuer: stranger }, findings: ['untrusted-issuer'] },
  { why: 'a root nobody knows', leaf: { issuer: stranger }, chain: [stranger], findings: ['untrusted-issuer'] },
  {
    why: 'a root nobody knows behind an intermediate',
    leaf: { issuer: strangerMiddle },
    chain: [strangerMiddle, stranger],
    findings: ['untrusted-issuer'],
  },
  { why: 'its own signature', leaf: { issuer: undefined }, findings: ['self-signed'] },
  {
    why: 'its intermediate left out',
    leaf: { issuer: middle, issuerUrl: 'http://ca.test/middle.cer' },
    findings: ['incomplete-chain'],
  },

  { why: 'an end in the past', leaf: { notBefore: day(-30), notAfter: day(-1) }, findings: ['expired'] },
  { why: 'a begin in the future', leaf: { notBefore: day(1), notAfter: day(30) }, findings: ['not-yet-valid'] },

  { why: 'another name', leaf: { sans: { dns: ['other.test'] } }, findings: ['name-mismatch'] },
  { why: 'the name as common name only', leaf: { subject: 'good.test', sans: {} }, findings: ['name-mismatch'] },
  { why: 'the name among others', leaf: { sans: { dns: ['a.test', 'good.test'] } }, findings: [] },

  { why: 'a key of 1024 bits', leaf: { keyType: 'rsa', keyBits: 1024 }, findings: ['weak-key'] },
  { why: 'a signature with SHA-1', leaf: { signatureHash: 'sha1' }, findings: ['weak-signature'] },
  { why: 'a purpose other than TLS servers', leaf: { extKeyUsage: ['codeSigning'] }, findings: ['wrong-purpose'] },
  { why: 'that of an authority', leaf: { ca: true }, findings: ['wrong-purpose'] },

  {
    why: 'everything wrong at once',
    leaf: { issuer: undefined, notBefore: day(-30), notAfter: day(-1), sans: { dns: ['other.test'] } },
    findings: ['expired', 'name-mismatch', 'self-signed'],
  },
  {
    why: 'an unknown issuer, a past end, a wrong name and a weak key',
    leaf: {
      issuer: stranger,
      notBefore: day(-30),
      notAfter: day(-1),
      sans: { dns: ['other.test'] },
      keyType: 'rsa',
      keyBits: 1024,
    },
    findings: ['expired', 'name-mismatch', 'untrusted-issuer', 'weak-key'],
  },
  {
    why: 'a past end that hides a wrong purpose from OpenSSL',
    leaf: { notBefore: day(-30), notAfter: day(-1), extKeyUsage: ['clientAuth'] },
    findings: ['expired', 'wrong-purpose'],
  },
]

async function startWith(t: TestContext, leaf: Partial<CertificateWish>, chain: readonly MadeCertificate[] = []) {
  const certificate = await makeCertificate({ subject: 'leaf', issuer: root, sans, ...leaf })
  const weak = leaf.keyBits === 1024 || leaf.signatureHash === 'sha1'
  const tls = weak ? { ciphers: 'DEFAULT:@SECLEVEL=0' } : {}
  return { certificate, backend: await startBackend(t, { certificate, chain, tls }) }
}

for (const { why, leaf, chain, findings } of cases) {
  test(`a backend with ${why} has ${findings.length > 0 ? `the findings ${findings.join(', ')}` : 'no finding'}`, async (t) => {
    const { backend } = await startWith(t, leaf, chain)
    const { verdict } = makeBackends(t, { trust: [corp] }, { resolve })
    const reached = await verdict(`good.test:${backend.port}`)
    assert.deepEqual(namesOf(reached), [...findings], JSON.stringify(reached.findings))
    assert.equal(reached.outcome, findings.length > 0 ? 'refused' : 'trusted')
    assert.deepEqual(backend.requests, [])
  })
}

test('the presented chain is told as it was sent, with a verdict and with a refusal', async (t) => {
  const leaf = await makeCertificate({ subject: 'leaf', issuer: middle, sans })
  const backend = await startBackend(t, { certificate: leaf, chain: [stranger, middle] })
  const authority = `good.test:${backend.port}`
  const sent = [leaf, stranger, middle].map(({ der }) => der)
  const { backends, decision } = makeBackends(t, { trust: [corp] }, { resolve })
  const { presentedChain } = await backends.examine(decision(authority))
  assert.deepEqual(
    presentedChain.map(({ raw }) => raw),
    sent,
  )
  const { details } = await makeBackends(t, { trust: [] }, { resolve }).refusal(authority)
  assert.deepEqual(
    (details.presentedChain as typeof presentedChain).map(({ raw }) => raw),
    sent,
  )
})
