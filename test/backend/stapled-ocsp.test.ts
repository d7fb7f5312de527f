/**
 * Goal: what a backend staples is believed exactly as far as its signer, its subject and its dates carry. Method: real
 * handshakes with a server that staples bytes made by hand; each case in soft and in hard mode, and with revocation off
 * as the twin that shows that nothing else refuses.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { CertificateWish } from '../../src/certificate/certificate-wish.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { RevocationRule } from '../../src/policy/policy.ts'
import { makeOcspAnswer, type OcspWish, ocspRefusal } from '../kit/make-ocsp-answer.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeBackends } from '../kit/reach.ts'
import { mustStaple, noCheck } from '../kit/revocation-extensions.ts'
import { startBackend } from '../kit/start-backend.ts'

const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)

const ca = await makeCertificate({ subject: 'CA', ca: true })
const otherCa = await makeCertificate({ subject: 'CA', ca: true })
const made = (wish: Partial<CertificateWish>) => makeCertificate({ subject: 'x', issuer: ca, ...wish })
const sans = { dns: ['a.localhost'] }
const leaf = await made({ subject: 'leaf', sans })
const demanding = await made({ subject: 'demanding', sans, extensions: [mustStaple] })
const other = await made({ subject: 'other', sans })
const asResponder = { subject: 'Responder', extKeyUsage: ['ocspSigning'], extensions: [noCheck] } as const
const responder = await made(asResponder)
const noResponder = await made({ ...asResponder, extKeyUsage: ['serverAuth'] })
const revocable = await made({ ...asResponder, extensions: [] })
const formerResponder = await made({ ...asResponder, notBefore: inDays(-9), notAfter: inDays(-1) })
const strangeResponder = await made({ ...asResponder, issuer: otherCa })

type Soft = 'trusted' | 'refused'
interface Case {
  readonly why: string
  readonly staple: Buffer | null
  readonly certificate?: typeof leaf
  /** What comes of it in soft mode; hard mode refuses whatever is not good. */
  readonly soft: Soft
  readonly finding?: 'revoked' | 'revocation-unknown'
  readonly detail?: RegExp
}

const answer = (wish: Partial<OcspWish> = {}) => makeOcspAnswer({ about: leaf, issuer: ca, ...wish })
const good = (why: string, wish: Partial<OcspWish> = {}): Case => ({ why, staple: answer(wish), soft: 'trusted' })
const unknown = (why: string, staple: Buffer | null, detail: RegExp): Case => {
  return { why, staple, soft: 'trusted', finding: 'revocation-unknown', detail }
}
const revoked = (why: string, wish: Partial<OcspWish>, detail: RegExp): Case => {
  return { why, staple: answer({ status: 'revoked', ...wish }), soft: 'refused', finding: 'revoked', detail }
}

const cases: readonly Case[] = [
  good('good, signed by the issuer'),
  good('good, by the hash of the key of the issuer', { byKeyHash: true }),
  good('good, the certificate named by SHA-256', { certIdHash: 'sha256' }),
  good('good, signed by a responder that the issuer made one', { signer: responder }),
  good('good, by a responder named by its key', { signer: responder, byKeyHash: true }),
  good('good and a little from the future, as clocks differ', { thisUpdate: new Date(Date.now() + 60_000) }),

  revoked(
    'revoked',
    { revokedAt: new Date('2026-01-02T03:04:05Z') },
    /CN=leaf was revoked on 2026-01-02T03:04:05Z, says the stapled/,
  ),
  revoked('revoked, with a reason', { reason: 1 }, /\(keyCompromise\)/),
  revoked('revoked by a responder', { signer: responder }, /was revoked/),
  revoked('revoked, by an answer that has ended: a revocation stays', { nextUpdate: inDays(-1) }, /was revoked/),

  unknown('none', null, /no OCSP answer was stapled/),
  unknown(
    'expired',
    answer({ nextUpdate: inDays(-1), thisUpdate: inDays(-2) }),
    /the stapled OCSP answer has expired on 20/,
  ),
  unknown('not valid yet', answer({ thisUpdate: inDays(1), nextUpdate: inDays(2) }), /is not valid before 20/),
  unknown('without an end', answer({ nextUpdate: null }), /does not say when it ends/),
  unknown('about another certificate', answer({ about: other }), /is about another certificate/),
  unknown(
    'about another issuer of the same name',
    answer({ issuer: otherCa, signer: ca }),
    /is about another certificate/,
  ),
  unknown('with a false signature', answer({ signingKey: otherCa.key }), /has a false signature/),
  unknown('revoked, with a false signature', answer({ status: 'revoked', signingKey: otherCa.key }), /false signature/),
  unknown('signed with SHA-1', answer({ hash: 'sha1' }), /an algorithm that does not count \(1\.2\.840\.10045\.4\.1\)/),
  unknown(
    'by the certificate itself',
    answer({ signer: leaf }),
    /signed by CN=leaf, whose certificate is not for signing OCSP/,
  ),
  unknown(
    'by a responder without the purpose',
    answer({ signer: noResponder }),
    /CN=Responder, whose certificate is not for signing/,
  ),
  unknown('by a responder that may be revoked', answer({ signer: revocable }), /it has no id-pkix-ocsp-nocheck/),
  unknown('by a former responder', answer({ signer: formerResponder }), /whose certificate is not valid now/),
  unknown('by a responder of another authority', answer({ signer: strangeResponder }), /has not made a responder/),
  unknown(
    'by a responder that shows no certificate',
    answer({ signer: responder, sendsSigner: false }),
    /neither the issuer nor/,
  ),
  unknown(
    'of a responder that does not know',
    answer({ status: 'unknown' }),
    /the responder does not know the certificate/,
  ),
  unknown(
    'with a critical extension',
    answer({ criticalExtension: true }),
    /critical extension that is not understood/,
  ),
  unknown('tryLater', ocspRefusal(3), /says tryLater and nothing else/),
  unknown('unauthorized', ocspRefusal(6), /says unauthorized/),
  unknown('empty', Buffer.from('3000', 'hex'), /is malformed/),
  unknown('no DER', Buffer.alloc(100, 0xff), /is malformed/),
  unknown('cut off', answer().subarray(0, 200), /is malformed/),
  unknown('with something behind it', Buffer.concat([answer(), Buffer.alloc(1)]), /is malformed/),

  { ...good('good, where it is demanded', { about: demanding }), certificate: demanding },
  {
    ...unknown(
      'none where it is demanded',
      null,
      /demands a stapled OCSP answer \(Must-Staple\), and the backend sent none/,
    ),
    certificate: demanding,
    soft: 'refused',
  },
  {
    ...unknown(
      'tryLater where an answer is demanded',
      ocspRefusal(3),
      /\(Must-Staple\), and the stapled OCSP answer says tryLater/,
    ),
    certificate: demanding,
    soft: 'refused',
  },
]

async function startStapling(t: TestContext, { staple, certificate = leaf }: Pick<Case, 'staple' | 'certificate'>) {
  const asked: Buffer[] = []
  const backend = await startBackend(t, {
    certificate,
    // A server on Node forgets its staple when it asks for another key share (HelloRetryRequest): it must not.
    tls: { ecdhCurve: 'X25519:P-256' },
    onServer: (server) =>
      server.on(
        'OCSPRequest',
        (shown: Buffer, _issuer, reply: (error: Error | null, staple: Buffer | null) => void) => {
          asked.push(shown)
          reply(null, staple)
        },
      ),
  })
  return { authority: `a.localhost:${backend.port}`, asked, backend }
}

const reach = (t: TestContext, revocation: RevocationRule) =>
  makeBackends(t, { trust: [trustSetOf('corp', [ca])], unlisted: { revocation } })
const stapled = (mode: RevocationRule['mode']): RevocationRule => ({ mode, sources: ['stapled'] })

describe('a stapled OCSP answer', () => {
  for (const { why, finding, detail, soft, ...wish } of cases) {
    it(`${why}: ${soft} in soft mode, ${finding ? 'refused' : 'trusted'} in hard mode`, async (t) => {
      const { authority } = await startStapling(t, wish)
      const inSoft = await reach(t, stapled('soft')).verdict(authority)
      const inHard = await reach(t, stapled('hard')).verdict(authority)
      assert.deepEqual([inSoft.outcome, inHard.outcome], [soft, finding ? 'refused' : 'trusted'])
      assert.deepEqual(
        inHard.findings.map(({ name }) => name),
        finding ? [finding] : [],
      )
      assert.deepEqual(
        inSoft.findings.map(({ name }) => name),
        finding ? [finding] : [],
      )
      if (detail) assert.match(inHard.findings[0]?.detail ?? '', detail)
    })
  }

  it('is not asked for where the policy does not look at it', async (t) => {
    const { authority, asked } = await startStapling(t, { staple: answer({ status: 'revoked' }) })
    for (const revocation of [stapled('off'), { mode: 'soft', sources: ['crl'] } as const]) {
      assert.equal((await reach(t, revocation).verdict(authority)).outcome, 'trusted')
    }
    assert.equal(asked.length, 0)
  })

  it('refuses a revoked certificate in report mode only in words', async (t) => {
    const { authority } = await startStapling(t, { staple: answer({ status: 'revoked' }) })
    const unlisted = { revocation: stapled('soft'), enforcement: 'report' } as const
    const verdict = await makeBackends(t, { trust: [trustSetOf('corp', [ca])], unlisted }).verdict(authority)
    assert.deepEqual([verdict.outcome, verdict.wouldRefuse], ['allowed', true])
  })
})
