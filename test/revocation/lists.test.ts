/**
 * Goal: a list says exactly what RFC 5280 lets it say, about the certificates it is about; whatever else is named as
 * unusable. Method: lists made by hand, read as the child process reads them, looked up as a worker looks them up.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import crypto from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import type { ExtensionWish } from '../../src/certificate/certificate-wish.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { questionsAbout, type RevocationQuestion } from '../../src/revocation/question.ts'
import { readList } from '../../src/revocation/read-list.ts'
import { readListInChild } from '../../src/revocation/read-list-in-child.ts'
import { type ListFact, RevocationBook } from '../../src/revocation/revocation-book.ts'
import { nested } from '../kit/der.ts'
import { type CrlWish, makeCrl } from '../kit/make-crl.ts'
import { crlPoints, keyUsage } from '../kit/revocation-extensions.ts'

const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
const url = 'http://crl.test/a.crl'

const root = await makeCertificate({ subject: 'Root', ca: true })
const otherRoot = await makeCertificate({ subject: 'Root', ca: true })
const bound = await makeCertificate({ subject: 'Root', ca: true, extensions: [keyUsage(0x04)] })
const between = await makeCertificate({ subject: 'Between', ca: true, issuer: root, extensions: [crlPoints(url)] })
const signedBy = (issuer: typeof root, extensions: ExtensionWish[] = [crlPoints(url)]) =>
  makeCertificate({ subject: 'leaf', issuer, extensions })
const leaf = await signedBy(root)
const pointless = await signedBy(root, [])

function questionOf(...chain: (typeof root)[]): RevocationQuestion {
  return questionsAbout(
    chain.map(({ certificate }) => new crypto.X509Certificate(certificate)),
  )[0] as RevocationQuestion
}

/** What the book says of a certificate after it has learnt one list. */
function told(wish: Partial<CrlWish>, { about = leaf, issuer = root, isFile = false, isCa = false } = {}) {
  const reading = readList(makeCrl({ issuer, ...wish }), [issuer.der, otherRoot.der])
  const fact = { kind: 'list', key: 'x', source: isFile ? '/crls/a.crl' : url, isFile } as const
  const facts: ListFact[] = []
  if ('list' in reading) facts.push({ ...fact, issuer: reading.list.issuer, list: reading.list, fault: undefined })
  else if ('fault' in reading && reading.issuers)
    facts.push({ ...fact, issuer: reading.issuers[0] as string, list: undefined, fault: reading.fault })
  const book = new RevocationBook(async () => {})
  book.learn({ facts, gone: [] })
  const question = questionOf(about, issuer)
  const [known] = book.lookUp({ ...question, isCa }, 'crl', Date.now())
  if (known === undefined) return 'nothing'
  const { answer } = known
  return answer.state === 'unknown' ? answer.detail : answer.state
}

type Case = [why: string, wish: Partial<CrlWish>, told: string | RegExp, where?: Parameters<typeof told>[1]]
const cases: Case[] = [
  ['names nobody', {}, 'good'],
  ['names others only', { revoked: [between, pointless] }, 'good'],
  ['names it', { revoked: [between, leaf] }, 'revoked'],
  ['names it, from a file', { revoked: [leaf] }, 'revoked', { isFile: true }],
  ['names nobody, from a file, about one that names no list', {}, 'good', { isFile: true, about: pointless }],
  ['names nobody, fetched for another certificate', {}, 'nothing', { about: pointless }],
  ['names it, fetched for another certificate', { revoked: [pointless] }, 'revoked', { about: pointless }],
  ['has ended', { thisUpdate: inDays(-2), nextUpdate: inDays(-1) }, /^has expired on 20/],
  ['has ended and names it: a revocation stays', { revoked: [leaf], nextUpdate: inDays(-1) }, 'revoked'],
  ['is not valid yet', { thisUpdate: inDays(1), nextUpdate: inDays(2) }, /^is not valid before/],
  ['says no end', { nextUpdate: null }, /^does not say when it ends/],
  ['has a false signature', { signingKey: between.key }, 'has a false signature'],
  ['names it, with a false signature', { revoked: [leaf], signingKey: between.key }, 'has a false signature'],
  ['is of another key of the same name', { issuer: otherRoot, revoked: [leaf] }, 'nothing'],
  ['is of another issuer', { issuer: between, revoked: [leaf] }, 'nothing'],
  ['is signed with SHA-1', { hash: 'sha1' }, /does not count/],
  ['is of an issuer that must not sign lists', {}, /no cRLSign/, { issuer: bound }],
  ['is a delta list', { delta: true, revoked: [leaf] }, /^is a delta list/],
  ['is indirect', { scope: 'indirect', revoked: [leaf] }, /^is an indirect list/],
  ['covers only some reasons', { scope: 'some-reasons' }, /^covers only some reasons/],
  ['has a critical extension', { criticalExtension: true }, /critical extension that is not understood \(1\.3\.6/],
  [
    'has a critical extension in an entry',
    { criticalEntry: true, revoked: [between] },
    /^has an entry with a critical/,
  ],
  ['is about users, and this is one', { scope: 'users' }, 'good'],
  ['is about users, and this is an authority', { scope: 'users' }, 'nothing', { isCa: true }],
  ['is about authorities, and this is a user', { scope: 'authorities' }, 'nothing'],
  ['is about authorities, and this is one', { scope: 'authorities' }, 'good', { isCa: true }],
  ['is of the distribution point of the certificate', { point: url }, 'good'],
  ['is of another distribution point', { point: 'http://crl.test/b.crl' }, 'nothing'],
  ['is of another distribution point and names it', { point: 'http://crl.test/b.crl', revoked: [leaf] }, 'revoked'],
]

describe('a list that', () => {
  for (const [why, wish, expected, where] of cases) {
    it(`${why}: ${String(expected)}`, () => {
      const issuer = (wish.issuer as typeof root | undefined) ?? root
      const about = where?.issuer ? { about: leaf, ...where } : where
      const said = wish.issuer && !where ? toldOfOther(wish, issuer) : told(wish, about)
      if (expected instanceof RegExp) assert.match(said, expected)
      else assert.equal(said, expected)
    })
  }
})

/** The list is another's; the certificate is the root's all the same. */
function toldOfOther(wish: Partial<CrlWish>, issuer: typeof root): string {
  const reading = readList(makeCrl({ ...wish, issuer }), [root.der, otherRoot.der, between.der])
  assert.ok('list' in reading)
  const book = new RevocationBook(async () => {})
  const fact = { kind: 'list', key: 'x', source: url, isFile: false, fault: undefined } as const
  book.learn({ facts: [{ ...fact, issuer: reading.list.issuer, list: reading.list }], gone: [] })
  return book.lookUp(questionOf(leaf, root), 'crl', Date.now()).length === 0 ? 'nothing' : 'something'
}

describe('hostile lists', () => {
  const good = makeCrl({ issuer: root, revoked: [leaf, between], reason: 1 })

  it('are malformed when they are cut off anywhere', () => {
    for (let length = 0; length < good.length; length += 1) {
      assert.deepEqual(readList(good.subarray(0, length), [root.der]), { fault: 'is malformed' })
    }
  })

  it('are no list when any bit of them is turned', () => {
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const turned = Buffer.from(good)
      turned[bit >> 3] = (turned[bit >> 3] as number) ^ (1 << (bit & 7))
      const reading = readList(turned, [root.der])
      assert.ok(!('list' in reading) || reading.list.serials.records === packed, `bit ${bit}`)
    }
  })
  const reading = readList(good, [root.der])
  const packed = 'list' in reading ? reading.list.serials.records : ''

  it('of any shape are read in a child process that is gone afterwards', async () => {
    assert.ok('list' in (await readListInChild({ der: good, issuers: [root.der] })))
    for (const der of [nested(100_000), Buffer.alloc(10_000_000, 0x30), Buffer.alloc(0)]) {
      assert.deepEqual(await readListInChild({ der, issuers: [root.der] }), { fault: 'is malformed' })
    }
  })

  it('of a hundred thousand entries are read within the limit and searched in no time', async () => {
    const serials = Array.from({ length: 100_000 }, (_, index) =>
      Buffer.from((index + 65_536).toString(16).padStart(32, '7'), 'hex'),
    )
    const der = makeCrl({ issuer: root, serials })
    const large = await readListInChild({ der, issuers: [root.der] })
    assert.ok('list' in large, JSON.stringify(large))
    const book = new RevocationBook(async () => {})
    const { list } = large
    book.learn({
      facts: [{ kind: 'list', key: 'x', source: url, isFile: true, issuer: list.issuer, list, fault: undefined }],
      gone: [],
    })
    const startedMs = performance.now()
    for (const serial of serials.slice(0, 1000)) {
      const [known] = book.lookUp({ ...questionOf(leaf, root), serial: serial.toString('hex') }, 'crl', Date.now())
      assert.equal(known?.answer.state, 'revoked')
    }
    assert.ok(performance.now() - startedMs < 2000)
  })
})

describe('a list made by openssl ca', () => {
  it('reads as openssl wrote it', (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vedette-crl-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const config = `[ca]\ndefault_ca=c\n[c]\ndatabase=${folder}/index\ncrlnumber=${folder}/number\ndefault_md=sha256\ndefault_crl_days=7\n`
    const question = questionOf(leaf, root)
    const { serial } = question
    const files = { config, number: '01\n', 'ca.pem': root.certificate, 'ca.key': root.key }
    const index = `R\t300101000000Z\t260304050607Z,keyCompromise\t${serial.toUpperCase()}\tunknown\t/CN=leaf\n`
    for (const [name, text] of Object.entries({ ...files, index })) writeFileSync(path.join(folder, name), text)
    const at = (name: string) => path.join(folder, name)
    const args = ['-config', at('config'), '-cert', at('ca.pem'), '-keyfile', at('ca.key'), '-out', at('crl.pem')]
    execFileSync('openssl', ['ca', '-gencrl', ...args], { stdio: 'pipe' })
    execFileSync('openssl', ['crl', '-in', at('crl.pem'), '-outform', 'DER', '-out', at('crl.der')], { stdio: 'pipe' })
    const reading = readList(readFileSync(at('crl.der')), [root.der])
    assert.ok('list' in reading, JSON.stringify(reading))
    const book = new RevocationBook(async () => {})
    const { list } = reading
    book.learn({
      facts: [{ kind: 'list', key: 'x', source: 'f', isFile: true, issuer: list.issuer, list, fault: undefined }],
      gone: [],
    })
    const [known] = book.lookUp(question, 'crl', Date.now())
    assert.deepEqual(known?.answer, { state: 'revoked', revokedAtMs: Date.UTC(2026, 2, 4, 5, 6, 7), reason: 1 })
  })
})
