/**
 * Goal: no chain, however it is made, holds the event loop for long beyond what OpenSSL itself takes. Method: our own
 * part alone is run on certificates fresh from their bytes, and the processor time of this thread is measured, which
 * other work on the machine does not change; the best of a few runs counts, because only that one is the code's own.
 */
import assert from 'node:assert/strict'
import crypto, { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { Anchors } from '../../src/backend/judge/anchors.ts'
import { certificateFindings } from '../../src/backend/judge/findings.ts'
import { Intermediates } from '../../src/backend/judge/intermediates.ts'
import { SIGNATURES_COST_MAX, signatureCost } from '../../src/backend/judge/signature-cost.ts'
import { type CertificateWish, type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeRule } from '../kit/policies.ts'

const BUDGET_MS = 50
const RUNS = 5

const root = await makeCertificate({ subject: 'Root', ca: true })
const sans = { dns: ['good.test'] }
const many = (count: number, name: (index: number) => string) => Array.from({ length: count }, (_, at) => name(at))

interface Hostile {
  readonly why: string
  readonly chain: readonly Buffer[]
  readonly anchors?: readonly MadeCertificate[]
  readonly finds: string
}

async function ladderOf(rungs: number, wish: Partial<CertificateWish> = {}): Promise<Buffer[]> {
  const made = [root]
  for (let rung = 0; rung < rungs; rung += 1) {
    made.unshift(await makeCertificate({ subject: `Rung ${rung}`, ca: true, issuer: made[0], ...wish }))
  }
  const leaf = await makeCertificate({ subject: 'leaf', issuer: made[0], sans })
  return [leaf, ...made.slice(0, -1)].map(({ der }) => der)
}

/** An authority whose key nobody has: its modulus is noise, and takes as long as any. */
async function noisyAuthority(bits: number): Promise<Buffer> {
  const modulus = crypto.randomBytes(bits / 8)
  modulus[0] = 0xff
  modulus[modulus.length - 1] = 0xff
  const jwk = { kty: 'RSA' as const, n: modulus.toString('base64url'), e: Buffer.alloc(8, 0xff).toString('base64url') }
  const spki = crypto.createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' })
  return (await makeCertificate({ subject: 'Noise', ca: true, keyIdentifiers: false, publicKey: spki, issuer: root }))
    .der
}

const crossed = await (async () => {
  const [a, b] = [await makeCertificate({ subject: 'A', ca: true }), await makeCertificate({ subject: 'B', ca: true })]
  const copies = (subject: string, key: MadeCertificate, issuer: MadeCertificate) =>
    Promise.all(many(16, () => subject).map(() => makeCertificate({ subject, ca: true, privateKey: key.key, issuer })))
  const leaf = await makeCertificate({ subject: 'leaf', issuer: a, sans })
  return [leaf, ...(await copies('A', a, b)), ...(await copies('B', b, a))].map(({ der }) => der)
})()

const noise = await noisyAuthority(16_384)
// Any RSA key makes the signature say RSA; its bytes are as many as the noise has.
const { key: rsaKey } = await makeCertificate({ subject: 'key', keyType: 'rsa' })
const byNoise = await makeCertificate({
  subject: 'leaf',
  issuer: { certificate: new X509Certificate(noise).toString(), key: rsaKey },
  sans,
  keyIdentifiers: false,
  signatureBytes: Buffer.alloc(2048, 1),
})
const wide = await makeCertificate({ subject: 'x', issuer: root, sans: { dns: many(10_000, (at) => `n${at}.test`) } })
const fenced = await makeCertificate({
  subject: 'Fenced',
  ca: true,
  issuer: root,
  nameConstraints: { permitted: many(1024, (at) => `p${at}.test`), excluded: many(1024, (at) => `e${at}.test`) },
})
const wideBehindFence = await makeCertificate({
  subject: 'x',
  issuer: fenced,
  sans: { dns: many(10_000, (at) => `n${at}.test`) },
})
const lettersBehindFence = await makeCertificate({
  subject: 'x',
  issuer: fenced,
  sans: {
    email: many(10_000, (at) => `${'a@'.repeat(20)}${at}`),
    uri: many(5000, (at) => `http://${'@'.repeat(40)}${at}`),
  },
})

const chains: readonly Hostile[] = [
  { why: 'a hundred intermediates, one under the other', chain: await ladderOf(100), finds: 'oversized-chain' },
  {
    why: 'a hundred intermediates with keys on P-521',
    chain: await ladderOf(100, { keyBits: 521 }),
    finds: 'oversized-chain',
  },
  { why: 'authorities that signed each other, many times', chain: crossed, finds: 'oversized-chain' },
  {
    why: 'issuers with keys of 16,384 bits that did not sign',
    chain: [byNoise.der, ...Array<Buffer>(32).fill(noise)],
    finds: 'oversized-chain',
  },
  { why: 'ten thousand names', chain: [wide.der], finds: 'oversized-chain' },
  { why: 'two thousand constraints', chain: await chainBehind(fenced), finds: 'oversized-chain' },
  {
    why: 'ten thousand names under two thousand constraints',
    chain: [wideBehindFence.der, fenced.der],
    finds: 'wrong-purpose',
  },
  {
    why: 'ten thousand mail addresses that are hard to read',
    chain: [lettersBehindFence.der, fenced.der],
    finds: 'oversized-chain',
  },
  {
    why: 'a hundred issuers with ten thousand names each',
    chain: [(await chainBehind(root))[0] as Buffer, ...Array<Buffer>(100).fill(wide.der)],
    finds: 'oversized-chain',
  },
]

async function chainBehind(issuer: MadeCertificate): Promise<Buffer[]> {
  return [(await makeCertificate({ subject: 'leaf', issuer, sans })).der, issuer.der]
}

describe('a chain made to be expensive costs our own part little, and is found out', () => {
  for (const { why, chain, finds } of chains) {
    it(why, () => {
      const runs = Array.from({ length: RUNS }, () => judge(chain))
      const best = Math.min(...runs.map(({ ms }) => ms))
      assert.ok(best < BUDGET_MS, `${best.toFixed(1)} ms`)
      for (const { names } of runs) assert.ok(names.includes(finds), names.join())
    })
  }
})

const anchors = new Anchors([trustSetOf('root', [root])])
const intermediates = new Intermediates({ sha256: '', certificates: [] })

function judge(chain: readonly Buffer[]): { ms: number; names: string[] } {
  // As many as a handshake reads, fresh from their bytes: nothing of them has been looked at before.
  const shown = chain.slice(0, 33).map((der) => new X509Certificate(der))
  const before = process.threadCpuUsage()
  const { findings } = certificateFindings({
    chain: shown,
    opensslError: undefined,
    anchors,
    intermediates,
    name: 'good.test',
    rule: makeRule({ grade: 'rfc5280' }),
    nowMs: Date.now(),
  })
  const { user, system } = process.threadCpuUsage(before)
  return { ms: (user + system) / 1000, names: findings.map(({ name }) => name) }
}

describe('the cost of a signature is estimated on the generous side', () => {
  const keys: readonly [why: string, key: crypto.KeyObject, atLeast: number, atMost: number][] = [
    ['P-256', crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, 60, 60],
    ['P-521', crypto.generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey, 1000, 1000],
    ['a curve of a field of bits', crypto.generateKeyPairSync('ec', { namedCurve: 'sect571r1' }).publicKey, 3500, 3500],
    ['RSA', crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey, 25, 60],
    ['Ed25519', crypto.generateKeyPairSync('ed25519').publicKey, 200, 200],
    ['hashes', crypto.generateKeyPairSync('slh-dsa-sha2-128f').publicKey, 3500, 3500],
    ['RSA with 16,384 bits', new X509Certificate(noise).publicKey, 6400, SIGNATURES_COST_MAX],
  ]
  for (const [why, key, atLeast, atMost] of keys) {
    it(why, () => {
      const cost = signatureCost(key)
      assert.ok(cost >= atLeast && cost <= atMost, String(cost))
    })
  }
})
