/** What is weighed again of an open connection when another version comes into force. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OpenConnection, reweighUnder, type Scales } from '../../../src/backend/judge/reweigh.ts'
import { type MadeCertificate, makeCertificate } from '../../../src/certificate/make-certificate.ts'
import { readRevocationPointers } from '../../../src/certificate/read-revocation-pointers.ts'
import { parseAuthority } from '../../../src/policy/parse-destination.ts'
import type { Rule } from '../../../src/policy/policy.ts'
import { issuerIdOf } from '../../../src/revocation/question.ts'
import { RevocationBook } from '../../../src/revocation/revocation-book.ts'
import { IssuerBook } from '../../../src/truststore/issuer-book.ts'
import { makeOffer, makeSnapshot, type OfferWish } from '../../kit/make-snapshot.ts'
import { trustSetOf } from '../../kit/make-trust.ts'
import { ocspNews } from '../../kit/ocsp-news.ts'

const url = 'http://ca.test/middle.cer'
const root = await makeCertificate({ subject: 'Root', ca: true })
const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root })
const sans = { dns: ['good.test'] }
const serial = '77'
const leaf = await makeCertificate({
  subject: 'leaf',
  issuer: middle,
  sans,
  issuerUrl: url,
  serial: Buffer.from('77', 'hex'),
})

const trust = [trustSetOf('corp', [root])]
const connectionOf = (chain: readonly MadeCertificate[], tls: Partial<OpenConnection['tls']> = {}): OpenConnection => ({
  destination: parseAuthority('good.test:443'),
  address: '127.0.0.1',
  chain: chain.map((each) => each.der),
  tls: { protocol: 'TLSv1.2', cipher: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', group: '', dhBits: 2048, ...tls },
})
const offering = (minDhBits: number): OfferWish => ({
  protocols: ['TLSv1.2'],
  ciphers: ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256'],
  minDhBits,
})
const underRule = (unlisted: Partial<Rule>, known: Partial<Scales> = {}) =>
  reweighUnder({
    snapshot: makeSnapshot({ trust, unlisted: { tls: makeOffer(offering(2048)), ...unlisted } }),
    nowMs: Date.now(),
    ...known,
  })

test('a connection of a Diffie-Hellman group that became too small is ended, one large enough goes on', () => {
  const holds = underRule({ tls: makeOffer(offering(3072)) })
  assert.equal(holds(connectionOf([leaf, middle], { dhBits: 2048 })), false)
  assert.equal(holds(connectionOf([leaf, middle], { dhBits: 3072 })), true)
  assert.equal(underRule({})(connectionOf([leaf, middle], { dhBits: 2048 })), true)
})

test('a certificate known by now to be revoked ends a connection, one that nobody knows of does not', () => {
  const pointers = readRevocationPointers(middle.der)
  assert.ok(pointers)
  const issuer = issuerIdOf(pointers)
  const revocation = new RevocationBook(async () => assert.fail('nobody is asked'))
  const rule = { revocation: { mode: 'hard', sources: ['ocsp'] } } as const
  const connection = connectionOf([leaf, middle])
  assert.equal(underRule(rule, { knowledge: revocation })(connection), true)
  revocation.learn(ocspNews({ issuer, serial }, 'revoked'))
  assert.equal(underRule(rule, { knowledge: revocation })(connection), false)
  assert.equal(underRule({}, { knowledge: revocation })(connection), true)
})

test('a chain that was completed by what was fetched holds as long as that is known and wanted', () => {
  const issuers = new IssuerBook(() => {})
  const connection = connectionOf([leaf])
  assert.equal(underRule({ chainRepair: 'aia' }, { issuers })(connection), false)
  issuers.learn({ facts: [{ key: url, certificates: [middle.der.toString('base64')], failure: undefined }], gone: [] })
  assert.equal(underRule({ chainRepair: 'aia' }, { issuers })(connection), true)
  assert.equal(underRule({ chainRepair: 'pool' }, { issuers })(connection), false)
})
