/**
 * Goal: whom a service would not let in any more, and in which words. Method: callers that were judged once are judged again
 * by what is known of revocation and by newer settings; each that has to go has one beside it that may stay.
 */
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { describe, it } from 'node:test'
import { Anchors } from '../../src/backend/judge/anchors.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { judgeCaller } from '../../src/incoming/judge-caller.ts'
import { reweighCallers } from '../../src/incoming/reweigh-callers.ts'
import { readList } from '../../src/revocation/read-list.ts'
import { RevocationBook } from '../../src/revocation/revocation-book.ts'
import type { Service, ServiceTls } from '../../src/settings/service.ts'
import { makeCrl } from '../kit/make-crl.ts'
import { makeOffer, makeSnapshot } from '../kit/make-snapshot.ts'
import { trustSetOf } from '../kit/make-trust.ts'

const root = await makeCertificate({ subject: 'Callers CA', ca: true })
const below = await makeCertificate({ subject: 'Desks CA', ca: true, issuer: root })
const otherRoot = await makeCertificate({ subject: 'Partners CA', ca: true })
const named = (subject: string, issuer: MadeCertificate) =>
  makeCertificate({ subject, issuer, sans: { dns: [`${subject}.example`] } })
const [app, desk, partner] = await Promise.all([named('app', root), named('desk', below), named('partner', otherRoot)])
const callers = trustSetOf('callers', [root])
const partners = trustSetOf('partners', [otherRoot])

const usual: ServiceTls = {
  certificate: 'gateway',
  offer: makeOffer(),
  verifyClient: 'required',
  trustStores: ['callers', 'partners'],
  revocation: { mode: 'soft', sources: ['crl'] },
}

function snapshotWith(tls: Partial<ServiceTls> | undefined, { name = 'front', trust = [callers, partners] } = {}) {
  const service: Service = {
    name,
    accept: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    connect: [],
    failover: 'priority',
    limits: { connections: 1 },
    timeouts: { connectMs: 1, handshakeMs: 1, idleMs: 1 },
    proxyProtocol: { from: [] },
    ...(tls === undefined ? {} : { tls: { ...usual, ...tls } }),
  }
  return makeSnapshot({ trust, settings: { services: [service] } })
}

/** What is known when the lists of these issuers name these certificates. */
function bookOf(...lists: { readonly issuer: MadeCertificate; readonly revoked: readonly MadeCertificate[] }[]) {
  const book = new RevocationBook(async () => {})
  const facts = lists.map(({ issuer, revoked }, index) => {
    const reading = readList(makeCrl({ issuer, revoked }), [issuer.der])
    assert.ok('list' in reading)
    const fact = { kind: 'list', key: `${index}`, source: 'c.crl', isFile: true, fault: undefined } as const
    return { ...fact, issuer: reading.list.issuer, list: reading.list }
  })
  book.learn({ facts, gone: [] })
  return book
}

/** Lets a caller in as the service did when nothing was known. */
function letIn(...shown: [MadeCertificate, ...MadeCertificate[]]) {
  const [leaf, ...others] = shown.map(({ certificate }) => new crypto.X509Certificate(certificate))
  assert.ok(leaf)
  return judgeCaller({
    chain: [leaf, ...others],
    opensslError: undefined,
    anchors: new Anchors([callers, partners]),
    tls: usual,
    knowledge: undefined,
    now: Date.now,
  })
}

const inside = { app: await letIn(app), desk: await letIn(desk, below), partner: await letIn(partner), none: undefined }

type Row = [
  reason: string,
  scales: Omit<Parameters<typeof reweighCallers>[1], 'nowMs'>,
  goes: Partial<Record<keyof typeof inside, RegExp>>,
  nowMs?: number,
]

function check(rows: readonly Row[]): void {
  for (const [reason, scales, goes, nowMs = Date.now()] of rows) {
    it(reason, () => {
      const faultOf = reweighCallers('front', { ...scales, nowMs })
      for (const [who, identity] of Object.entries(inside)) {
        const fault = faultOf(identity)
        const says = goes[who as keyof typeof inside]
        if (says === undefined) assert.equal(fault, undefined, `${who}: ${fault?.message}`)
        else assert.match(`${fault?.code} ${fault?.message}`, says, who)
      }
    })
  }
}

describe('by what has become known, under the same settings', () => {
  const snapshot = snapshotWith({ verifyClient: 'optional' })
  const revokedAlone = true
  const [rootList, belowList] = [
    { issuer: root, revoked: [app] },
    { issuer: root, revoked: [below] },
  ]
  check([
    ['nothing is known', { snapshot, revokedAlone, knowledge: bookOf({ issuer: root, revoked: [] }) }, {}],
    ['nobody knows anything', { snapshot, revokedAlone }, {}],
    [
      'a certificate is revoked',
      { snapshot, revokedAlone, knowledge: bookOf(rootList) },
      { app: /^CALLER_CERTIFICATE_REFUSED the certificate of the caller, CN=app, is refused: revoked \(.*c\.crl/ },
    ],
    ['an intermediate is', { snapshot, revokedAlone, knowledge: bookOf(belowList) }, { desk: /CN=Desks CA .*revoked/ }],
    [
      'and the service does not ask',
      {
        snapshot: snapshotWith({ revocation: { mode: 'off', sources: ['crl'] } }),
        revokedAlone,
        knowledge: bookOf(rootList),
      },
      {},
    ],
    [
      'a certificate that has ended meanwhile is left alone: it is not what became known',
      { snapshot, revokedAlone },
      {},
      Date.now() + 1e12,
    ],
  ])
})

describe('under newer settings', () => {
  const none = /demands one/
  const [isRevoked, untrusted] = [/revoked/, /untrusted-issuer/]
  const optional = { verifyClient: 'optional' } as const
  check([
    ['that say the same, who demands a certificate still does', { snapshot: snapshotWith({}) }, { none }],
    ['that ask and do not demand', { snapshot: snapshotWith(optional) }, {}],
    ['that ask nobody', { snapshot: snapshotWith({ verifyClient: 'none', trustStores: [] }) }, {}],
    ['without TLS', { snapshot: snapshotWith(undefined) }, {}],
    ['without the service', { snapshot: snapshotWith({}, { name: 'other' }) }, {}],
    [
      'that trust one store less',
      { snapshot: snapshotWith({ ...optional, trustStores: ['callers'] }) },
      { partner: untrusted },
    ],
    [
      'whose store has lost an authority',
      { snapshot: snapshotWith(optional, { trust: [trustSetOf('callers', [otherRoot]), partners] }) },
      { app: untrusted, desk: untrusted },
    ],
    [
      'that list some callers',
      { snapshot: snapshotWith({ ...optional, allow: ['dns:app.example', 'dns:partner.example'] }) },
      { desk: /tls\.allow does not list/ },
    ],
    [
      'with a certificate that is revoked',
      { snapshot: snapshotWith(optional), knowledge: bookOf({ issuer: root, revoked: [app] }) },
      { app: isRevoked },
    ],
    [
      'at a time when all certificates have ended',
      { snapshot: snapshotWith(optional) },
      { app: /expired/, desk: /expired/, partner: /expired/ },
      Date.now() + 1e12,
    ],
  ])
})
