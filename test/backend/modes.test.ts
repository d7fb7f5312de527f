/** What a rule makes of findings: strict on and off, report, allow-and-log, exceptions, pins. Over real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import test, { type TestContext } from 'node:test'
import type tls from 'node:tls'
import { type CertificateWish, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { SidecarError } from '../../src/errors.ts'
import type { ExceptionRecord, Rule } from '../../src/policy/policy.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { makeOffer } from '../kit/make-snapshot.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeRule } from '../kit/policies.ts'
import { ask, makeBackends } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const root = await makeCertificate({ subject: 'Root', ca: true })
const corp = trustSetOf('corp', [root])
const resolve = async () => ['127.0.0.1']
const past = { notBefore: new Date(Date.now() - 9e8), notAfter: new Date(Date.now() - 1e8) }
const key = (await makeCertificate({ subject: 'key' })).key
const pin = (await makeCertificate({ subject: 'key', privateKey: key })).spkiSha256
const issuerPin = root.spkiSha256
const otherPin = (await makeCertificate({ subject: 'other' })).spkiSha256

const leaves = {
  good: { issuer: root },
  selfSigned: {},
  wrongName: { issuer: root, sans: { dns: ['other.test'] } },
  selfSignedWrongName: { sans: { dns: ['other.test'] } },
  expired: { issuer: root, ...past },
  expiredSelfSigned: { ...past },
} satisfies Record<string, Partial<CertificateWish>>

interface Case {
  readonly why: string
  readonly leaf: keyof typeof leaves
  readonly rule: Partial<Rule>
  readonly outcome: Verdict['outcome']
  readonly because?: Verdict['because']
  readonly wouldRefuse?: boolean
}

const cases: readonly Case[] = [
  { why: 'a good backend', leaf: 'good', rule: {}, outcome: 'trusted' },
  { why: 'a self-signed one', leaf: 'selfSigned', rule: {}, outcome: 'refused' },

  {
    why: 'strict off',
    leaf: 'expiredSelfSigned',
    rule: { strict: false },
    outcome: 'allowed',
    because: ['strict-off'],
    wouldRefuse: true,
  },
  {
    why: 'strict off',
    leaf: 'wrongName',
    rule: { strict: false },
    outcome: 'allowed',
    because: ['strict-off'],
    wouldRefuse: true,
  },
  { why: 'strict off', leaf: 'good', rule: { strict: false }, outcome: 'trusted' },

  {
    why: 'report mode',
    leaf: 'wrongName',
    rule: { enforcement: 'report' },
    outcome: 'allowed',
    because: ['report'],
    wouldRefuse: true,
  },
  {
    why: 'report mode',
    leaf: 'expiredSelfSigned',
    rule: { enforcement: 'report' },
    outcome: 'allowed',
    because: ['report'],
    wouldRefuse: true,
  },

  {
    why: 'allow-and-log',
    leaf: 'selfSigned',
    rule: { allowUntrusted: true },
    outcome: 'allowed',
    because: ['allow-untrusted'],
    wouldRefuse: false,
  },
  { why: 'allow-and-log', leaf: 'wrongName', rule: { allowUntrusted: true }, outcome: 'refused' },
  { why: 'allow-and-log', leaf: 'selfSignedWrongName', rule: { allowUntrusted: true }, outcome: 'refused' },
  { why: 'allow-and-log', leaf: 'expired', rule: { allowUntrusted: true }, outcome: 'refused' },

  {
    why: 'the pin of its key',
    leaf: 'good',
    rule: { pins: { mode: 'add', spkiSha256: [otherPin, pin] } },
    outcome: 'trusted',
  },
  { why: 'another pin', leaf: 'good', rule: { pins: { mode: 'add', spkiSha256: [otherPin] } }, outcome: 'refused' },
  {
    why: 'its pin beside the chain',
    leaf: 'selfSigned',
    rule: { pins: { mode: 'add', spkiSha256: [pin] } },
    outcome: 'refused',
  },
  {
    why: 'its pin instead of the chain',
    leaf: 'selfSigned',
    rule: { pins: { mode: 'instead', spkiSha256: [pin] } },
    outcome: 'trusted',
  },
  {
    why: 'another pin instead of the chain',
    leaf: 'good',
    rule: { pins: { mode: 'instead', spkiSha256: [otherPin] } },
    outcome: 'refused',
  },
  {
    why: "its issuer's pin",
    leaf: 'good',
    rule: { pins: { mode: 'add', spkiSha256: [issuerPin] } },
    outcome: 'trusted',
  },
  {
    why: "its issuer's pin, which does not stand in for a name",
    leaf: 'wrongName',
    rule: { pins: { mode: 'add', spkiSha256: [issuerPin] } },
    outcome: 'refused',
  },
  {
    why: "its issuer's pin instead of the chain",
    leaf: 'good',
    rule: { pins: { mode: 'instead', spkiSha256: [issuerPin] } },
    outcome: 'refused',
  },
  {
    why: "its issuer's pin with strict off",
    leaf: 'good',
    rule: { strict: false, pins: { mode: 'add', spkiSha256: [issuerPin] } },
    outcome: 'refused',
  },
  {
    why: "its issuer's pin, when nobody trusts that issuer",
    leaf: 'good',
    rule: { trustStores: [], allowUntrusted: true, pins: { mode: 'add', spkiSha256: [issuerPin] } },
    outcome: 'refused',
  },

  { why: 'another name to verify', leaf: 'wrongName', rule: { verifyName: 'other.test' }, outcome: 'trusted' },
  { why: 'another name to verify', leaf: 'good', rule: { verifyName: 'other.test' }, outcome: 'refused' },
  { why: 'no trust store at all', leaf: 'good', rule: { trustStores: [] }, outcome: 'refused' },
]

async function startLeaf(t: TestContext, leaf: keyof typeof leaves) {
  const certificate = await makeCertificate({
    subject: 'leaf',
    sans: { dns: ['good.test'] },
    privateKey: key,
    ...leaves[leaf],
  })
  return await startBackend(t, { certificate })
}

for (const { why, leaf, rule, outcome, because = [], wouldRefuse = false } of cases) {
  test(`under ${why} the backend that is ${leaf} is ${outcome}`, async (t) => {
    const backend = await startLeaf(t, leaf)
    const reached = await makeBackends(t, { trust: [corp], unlisted: rule }, { resolve }).verdict(
      `good.test:${backend.port}`,
    )
    assert.deepEqual(
      { outcome: reached.outcome, because: reached.because, wouldRefuse: reached.wouldRefuse },
      { outcome, because, wouldRefuse },
    )
  })
}

const record = (port: number, more: Partial<ExceptionRecord> = {}): ExceptionRecord => ({
  host: 'good.test',
  port,
  findings: ['expired'],
  untilMs: Date.now() + 60_000,
  owner: 'ops',
  reason: 'test',
  ...more,
})
const exceptions: {
  why: string
  leaf: keyof typeof leaves
  more: Partial<ExceptionRecord>
  outcome: Verdict['outcome']
}[] = [
  { why: 'that names the finding', leaf: 'expired', more: {}, outcome: 'allowed' },
  { why: 'that names the key', leaf: 'expired', more: { spkiSha256: pin }, outcome: 'allowed' },
  { why: 'that names another key', leaf: 'expired', more: { spkiSha256: otherPin }, outcome: 'refused' },
  { why: 'that is over', leaf: 'expired', more: { untilMs: Date.now() - 1 }, outcome: 'refused' },
  { why: 'for another host', leaf: 'expired', more: { host: 'a.test' }, outcome: 'refused' },
  { why: 'for another port', leaf: 'expired', more: { port: 1 }, outcome: 'refused' },
  { why: 'that does not name all findings', leaf: 'expiredSelfSigned', more: {}, outcome: 'refused' },
]
for (const { why, leaf, more, outcome } of exceptions) {
  test(`with an exception ${why} the backend that is ${leaf} is ${outcome}`, async (t) => {
    const backend = await startLeaf(t, leaf)
    const wish = { trust: [corp], exceptions: [record(backend.port, more)] }
    const reached = await makeBackends(t, wish, { resolve }).verdict(`good.test:${backend.port}`)
    assert.equal(reached.outcome, outcome)
  })
}

test('a rule that allows never lets through what another refuses, in two hundred mixed requests to one backend', async (t) => {
  const certificate = await makeCertificate({ subject: 'leaf', sans: { dns: ['good.test'] } })
  const backend = await startBackend(t, { certificate })
  const base = { trustStores: ['corp'], tls: makeOffer() }
  const rules = [
    makeRule({ ...base, name: 'lax', index: 0, allowUntrusted: true }),
    makeRule({ ...base, name: 'strict', index: 1 }),
  ] as const
  const limits = { backendConnections: 20 }
  const { backends, decision } = makeBackends(t, { trust: [corp], rules: [...rules], limits }, { resolve })
  const { destination } = decision(`good.test:${backend.port}`)
  const request = async (rule: Rule): Promise<string> => {
    const pool = backends.poolFor({ allowed: true, destination, rule, reason: 'rule' })
    try {
      const opened = pool.take() ?? (await pool.open())
      await ask(opened)
      pool.put(opened)
      return opened.verdict.outcome
    } catch (error) {
      return (error as SidecarError).code
    }
  }
  for (let round = 0; round < 20; round += 1) {
    const mixed = Array.from({ length: 10 }, (_, at) => ((round + at) % 3 === 0 ? rules[1] : rules[0]))
    const outcomes = await Promise.all(mixed.map(request))
    const expected = mixed.map(({ name }) => (name === 'lax' ? 'allowed' : 'POLICY_VERDICT_REFUSED'))
    assert.deepEqual(outcomes, expected)
  }
})

test('a refusal tells the verdict, what was agreed on, the address and the phases, in one sentence and in details', async (t) => {
  const backend = await startLeaf(t, 'selfSignedWrongName')
  const unlisted = {
    tls: makeOffer({ ciphers: ['TLS_AES_128_GCM_SHA256'], protocols: ['TLSv1.3'], groups: ['X25519'] }),
  }
  const error = await makeBackends(t, { trust: [corp], unlisted }, { resolve }).refusal(`good.test:${backend.port}`)
  assert.equal(error.code, 'POLICY_VERDICT_REFUSED')
  assert.match(error.message, /^backend good\.test:\d+ is refused: self-signed \(.+\), name-mismatch \(.+\)$/)
  assert.equal(error.message.split('server name mismatch, certificate issued to: [other.test]').length, 2)
  const { tls, address, phases } = error.details as Record<string, Record<string, unknown>>
  assert.equal(address, '127.0.0.1')
  assert.deepEqual(tls, {
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    group: 'X25519',
    dhBits: 0,
    resumed: false,
    spkiSha256: pin,
  })
  for (const phase of ['dnsMs', 'connectMs', 'tlsMs']) assert.ok((phases?.[phase] as number) >= 0, phase)
})

test('a refused backend is cut off before the refusal is told, and no byte of an application reached it', async (t) => {
  let received = 0
  const certificate = await makeCertificate({ subject: 'leaf', sans: { dns: ['good.test'] } })
  const onSecure = (socket: tls.TLSSocket) => void socket.on('data', (chunk) => (received += chunk.length))
  const backend = await startBackend(t, { certificate, onSecure })
  await makeBackends(t, { trust: [corp] }, { resolve }).refusal(`good.test:${backend.port}`)
  for (const socket of backend.sockets) await once(socket, 'close')
  assert.equal(backend.accepted, 1)
  assert.equal(received, 0)
})
