/**
 * What is found about a certificate without a handshake, and what is told beside the findings: keys, ends, questions
 * about revocation. OpenSSL is content unless a row says otherwise.
 */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { Anchors } from '../../src/backend/judge/anchors.ts'
import { certificateFindings, type Shown } from '../../src/backend/judge/findings.ts'
import { Intermediates } from '../../src/backend/judge/intermediates.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { Rule } from '../../src/policy/policy.ts'
import { emptyPool, makeIntermediatePool } from '../../src/truststore/intermediate-pool.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeRule } from '../kit/policies.ts'

const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Math.ceil(Date.now() / 1000) * 1000 + days * DAY_MS)
const sans = { dns: ['good.test'] }
const root = await makeCertificate({ subject: 'Root', ca: true, notAfter: inDays(20) })
const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root, notAfter: inDays(5) })
const stranger = await makeCertificate({ subject: 'Stranger', ca: true })
const leaf = await makeCertificate({ subject: 'leaf', issuer: middle, sans, notAfter: inDays(10) })
const brief = await makeCertificate({ subject: 'leaf', issuer: root, sans, notAfter: inDays(1) })
const own = await makeCertificate({ subject: 'own', sans })
const strange = await makeCertificate({ subject: 'leaf', issuer: stranger, sans })

interface Wish extends Partial<Omit<Shown, 'chain' | 'rule'>> {
  readonly chain?: readonly MadeCertificate[]
  readonly rule?: Partial<Rule>
}

function find({ chain = [leaf, middle], rule, ...wish }: Wish = {}) {
  return certificateFindings({
    chain: chain.map(({ der }) => new X509Certificate(der)),
    opensslError: undefined,
    intermediates: new Intermediates(emptyPool),
    anchors: new Anchors([trustSetOf('corp', [root]), trustSetOf('lab', [])]),
    name: 'good.test',
    nowMs: Date.now(),
    rule: makeRule(rule),
    ...wish,
  })
}

const endOf = ({ der }: MadeCertificate) => new X509Certificate(der).validToDate.getTime()
const told = (wish: Wish) => find(wish).findings.map(({ name, detail }) => `${name}: ${detail}`)

describe('beside the findings', () => {
  it('of a certificate stand its key, its chain, and the first end of its path', () => {
    const { findings, spkiSha256, notAfterMs, revocation, chain } = find()
    assert.deepEqual([findings, spkiSha256, revocation], [[], leaf.spkiSha256, undefined])
    assert.equal(notAfterMs, endOf(middle))
    assert.deepEqual(chain, [leaf.der, middle.der])
    assert.equal(find({ chain: [brief] }).notAfterMs, endOf(brief))
  })

  it('of no certificate stands nothing', () => {
    const { findings, ...rest } = find({ chain: [], rule: { pins: { mode: 'add', spkiSha256: ['x'] } } })
    assert.deepEqual(findings, [{ name: 'no-certificate', detail: 'the backend showed no certificate' }])
    assert.deepEqual(rest, { spkiSha256: '', notAfterMs: Infinity, revocation: undefined, chain: [] })
  })

  it('stand the questions about revocation, and whether the path is one to ask about', () => {
    const rule = { revocation: { mode: 'hard', sources: ['crl'] } } as const
    const anchored = find({ rule }).revocation
    assert.deepEqual([anchored?.questions.length, anchored?.isAnchored, anchored?.staple], [2, true, undefined])
    assert.equal(find({ rule, chain: [strange, stranger] }).revocation?.isAnchored, false)
    assert.notEqual(find({ rule, staple: Buffer.from('no answer') }).revocation?.staple, undefined)
  })
})

const stores = 'the trust stores (corp, lab)'
const pool = new Intermediates(makeIntermediatePool([new X509Certificate(middle.der)]))
const missed = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
const trustRows: readonly (readonly [why: string, wish: Wish, finds: readonly string[]])[] = [
  ['a path to an anchor', {}, []],
  ['the same, offline', { offline: true }, []],
  ['nobody we know, while OpenSSL is content', { chain: [strange, stranger] }, []],
  [
    'nobody we know, where OpenSSL was never asked',
    { chain: [strange, stranger], offline: true },
    [`untrusted-issuer: the chain ends in CN=Stranger, not in ${stores}`],
  ],
  [
    'nobody we know, and OpenSSL says so',
    { chain: [strange, stranger], opensslError: 'SELF_SIGNED_CERT_IN_CHAIN' },
    [`untrusted-issuer: the chain ends in CN=Stranger, not in ${stores}`],
  ],
  [
    'nobody we know, while OpenSSL, which may have been given the pool, is content',
    { chain: [strange, stranger], intermediates: pool },
    [`untrusted-issuer: the chain ends in CN=Stranger, not in ${stores}`],
  ],
  ['an issuer from the pool, which OpenSSL missed', { chain: [leaf], intermediates: pool, opensslError: missed }, []],
  [
    'an issuer that was not sent, and lies in no pool',
    { chain: [leaf], opensslError: missed },
    [`untrusted-issuer: issued by CN=Middle, which is not in ${stores} and was not sent`],
  ],
  [
    'an issuer that did not come',
    { chain: [strange], offline: true },
    [`untrusted-issuer: issued by CN=Stranger, which is not in ${stores} and was not sent`],
  ],
  ['nobody but itself', { chain: [own], offline: true }, [`self-signed: CN=own signs itself and is not in ${stores}`]],
  [
    'nobody but itself, where nobody is trusted',
    { chain: [own], offline: true, anchors: new Anchors([]) },
    ['self-signed: CN=own signs itself and is not in any trust store: none is set'],
  ],
]

describe('who vouches', () => {
  for (const [why, wish, finds] of trustRows) it(`is ${why}`, () => assert.deepEqual(told(wish), finds))
})

const pinned = (mode: 'add' | 'instead', made: MadeCertificate, rule: Partial<Rule> = {}): Partial<Rule> => ({
  ...rule,
  pins: { mode, spkiSha256: ['x', made.spkiSha256] },
})
const mismatch = (made: MadeCertificate) => [`pin-mismatch: the key is ${made.spkiSha256}, which is not among the pins`]
const pinRows: readonly (readonly [why: string, wish: Wish, finds: readonly string[]])[] = [
  ['the own key beside the chain', { rule: pinned('add', leaf) }, []],
  ['the own key instead', { rule: pinned('instead', leaf) }, []],
  ['another key', { rule: pinned('add', own) }, mismatch(leaf)],
  ['the key of an issuer beside the chain', { rule: pinned('add', middle) }, []],
  ['the key of the anchor beside the chain', { rule: pinned('add', root) }, []],
  ['the key of an issuer instead', { rule: pinned('instead', middle) }, mismatch(leaf)],
  ['the key of an issuer where nobody verifies', { rule: pinned('add', middle, { strict: false }) }, mismatch(leaf)],
  [
    'the key of an issuer that leads nowhere',
    { chain: [strange, stranger], rule: pinned('add', stranger) },
    mismatch(strange),
  ],
]

describe('a pin', () => {
  for (const [why, wish, finds] of pinRows) {
    it(`for ${why} ${finds.length === 0 ? 'fits' : 'does not fit'}`, () => assert.deepEqual(told(wish), finds))
  }
})
