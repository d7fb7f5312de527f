/**
 * What our own look finds about a caller's certificate while OpenSSL says nothing, and the other way round: neither may
 * rest on the other alone. Real handshakes, where both look, are in incoming-tls.test.ts.
 */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { Anchors } from '../../src/backend/judge/anchors.ts'
import type { RevocationKnowledge } from '../../src/backend/judge/find-revocation.ts'
import { type CertificateWish, type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { SidecarError } from '../../src/errors.ts'
import { type CallerQuestion, judgeCaller } from '../../src/incoming/judge-caller.ts'
import type { Finding } from '../../src/policy/verdict.ts'
import { trustSetOf } from '../kit/make-trust.ts'

const DAY_MS = 86_400_000
const ca = await makeCertificate({ subject: 'CA', ca: true })
const stranger = await makeCertificate({ subject: 'Stranger', ca: true })
const sans = { dns: ['app.corp.example'] }
const make = (wish: Partial<CertificateWish> = {}) => makeCertificate({ subject: 'app', issuer: ca, sans, ...wish })
const authority = (wish: Partial<CertificateWish>) => make({ subject: 'Authority', ca: true, sans: {}, ...wish })
const app = await make()

interface Wish extends Partial<Omit<CallerQuestion, 'chain' | 'anchors'>> {
  readonly chain?: readonly MadeCertificate[]
  readonly trusted?: readonly MadeCertificate[]
}

function judge({ chain = [app], trusted = [ca], ...wish }: Wish) {
  const shown = chain.map(({ der }) => new X509Certificate(der)) as [X509Certificate, ...X509Certificate[]]
  return judgeCaller({
    chain: shown,
    opensslError: undefined,
    anchors: new Anchors([trustSetOf('clients', trusted)]),
    tls: { revocation: { mode: 'off', sources: ['crl'] } },
    knowledge: undefined,
    now: () => Date.now(),
    ...wish,
  })
}

async function refusalOf(wish: Wish): Promise<SidecarError> {
  const thrown = await judge(wish).then(
    () => assert.fail('the caller was let in'),
    (error: SidecarError) => error,
  )
  assert.equal(thrown.code, 'CALLER_CERTIFICATE_REFUSED')
  return thrown
}

const serving = await authority({ extKeyUsage: ['serverAuth'] })
const fencing = await authority({ nameConstraints: { permitted: ['corp.example'] } })
const servingRoot = await makeCertificate({ subject: 'Serving CA', ca: true, extKeyUsage: ['serverAuth'] })
const fenced = (dns: string) => make({ issuer: fencing, sans: { dns: [dns] } })

const letIn: readonly (readonly [why: string, wish: Wish])[] = [
  ['is in order', {}],
  ['has no name for a host', { chain: [await make({ sans: {} })] }],
  ['has what RFC 5280 alone minds', { chain: [await make({ keyIdentifiers: false })] }],
  ['is within the names its issuer may vouch for', { chain: [await fenced('app.corp.example'), fencing] }],
  ['is for clients', { chain: [await make({ extKeyUsage: ['serverAuth', 'clientAuth'] })] }],
  [
    'comes from an anchor whose purposes are the operator’s to know',
    { chain: [await make({ issuer: servingRoot })], trusted: [servingRoot] },
  ],
]

const past = { notBefore: new Date(Date.now() - 9 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) }
const ownAnchor = await make({ issuer: undefined, extKeyUsage: ['serverAuth'] })

const refused: readonly (readonly [why: string, wish: Wish, finding: string, says: RegExp])[] = [
  ['has expired', { chain: [await make(past)] }, 'expired', /the certificate of CN=app expired on/],
  ['is not valid yet', { now: () => 0 }, 'not-yet-valid', /is valid from/],
  ['has a weak key', { chain: [await make({ keyType: 'rsa', keyBits: 1024 })] }, 'weak-key', /1024 bits, 2048/],
  [
    'vouches for itself',
    { chain: [await make({ issuer: undefined })] },
    'self-signed',
    /app signs itself .*\(clients\)/,
  ],
  [
    'comes with a root nobody here knows',
    { chain: [await make({ issuer: stranger }), stranger] },
    'untrusted-issuer',
    /leads to CN=Stranger,/,
  ],
  [
    'comes from an issuer nobody here knows',
    { chain: [await make({ issuer: serving }), serving], trusted: [stranger] },
    'untrusted-issuer',
    /leads to CN=CA,/,
  ],
  ['is for servers', { chain: [await make({ extKeyUsage: ['serverAuth'] })] }, 'wrong-purpose', /app is not for TLS c/],
  ['is for servers, and an anchor itself', { chain: [ownAnchor], trusted: [ownAnchor] }, 'wrong-purpose', /app is not/],
  [
    'comes from an authority for servers',
    { chain: [await make({ issuer: serving }), serving] },
    'wrong-purpose',
    /Authority is not for TLS clients/,
  ],
  [
    'comes from an authority for servers and is for them',
    { chain: [await make({ issuer: serving, extKeyUsage: ['serverAuth'] }), serving] },
    'wrong-purpose',
    /app is not for TLS clients/,
  ],
  [
    'is outside the names its issuer may vouch for',
    { chain: [await fenced('app.other.example'), fencing] },
    'wrong-purpose',
    /must not vouch for app\.other\.example/,
  ],
  [
    'brings more certificates than anybody reads',
    { chain: [app, ...Array<MadeCertificate>(32).fill(stranger)] },
    'oversized-chain',
    /more than 32/,
  ],
  ['is minded by OpenSSL alone', { opensslError: 'CERT_REJECTED' }, 'wrong-purpose', /\(CERT_REJECTED\)/],
  [
    'is minded by both',
    { chain: [await make(past)], opensslError: 'CERT_HAS_EXPIRED' },
    'expired',
    /^(?!.*CERT_HAS_EXPIRED)/,
  ],
]

describe('the certificate of a caller', () => {
  for (const [why, wish] of letIn) {
    it(`is taken if it ${why}`, async () => {
      const { names } = await judge(wish)
      assert.ok(names.includes('commonName:app'))
    })
  }

  for (const [why, wish, finding, says] of refused) {
    it(`is refused if it ${why}`, async () => {
      const { message, details } = await refusalOf(wish)
      const findings = details.findings as readonly Finding[]
      assert.equal([...new Set(findings.map(({ name }) => name))].join(', '), finding, message)
      assert.match(message, says)
    })
  }

  it('says who it is, the most telling first, and which it is', async () => {
    const { names, sha256 } = await judge({})
    assert.deepEqual(names, ['dns:app.corp.example', 'commonName:app', `spkiSha256:${app.spkiSha256}`])
    assert.equal(sha256, app.sha256)
  })

  it('that is not listed is told by ten names at most', async () => {
    const dns = Array.from({ length: 12 }, (_, at) => `n${at}.example`)
    const tls = { allow: ['dns:app.corp.example'], revocation: { mode: 'off', sources: ['crl'] } } as const
    await judge({ tls })
    const { message } = await refusalOf({ tls, chain: [await make({ sans: { dns } })] })
    assert.ok(message.includes(dns.slice(0, 10).join(', dns:')) && !message.includes('n10.example'), message)
  })
})

describe('whether a caller was revoked', () => {
  const tls = { revocation: { mode: 'hard', sources: ['crl'] } } as const
  const asking = () => {
    const asked: unknown[] = []
    const knowledge: RevocationKnowledge = {
      lookUp: () => [],
      ask: async (questions) => void asked.push(...questions),
      onChange: () => () => {},
    }
    return { asked, knowledge }
  }

  it('is asked of whom knows, where it must be known', async () => {
    const { asked, knowledge } = asking()
    const { message } = await refusalOf({ tls, knowledge })
    assert.match(message, /revocation-unknown/)
    assert.equal(asked.length, 1)
  })

  it('is asked of nobody about a certificate that is refused anyway', async () => {
    const { asked, knowledge } = asking()
    await refusalOf({ tls, knowledge, chain: [await make({ issuer: stranger })] })
    assert.deepEqual(asked, [])
  })
})
