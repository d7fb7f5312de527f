/**
 * Goal: whatever a server of issuers' certificates says, nobody becomes trusted by it, nothing is fetched from where the
 * policy does not let us go, and no chain gets in the way of another's. Method: keeper, book and handshakes in one
 * process, a real server that tells the truth or lies, and a backend with a gap in its chain.
 */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { fetchUnder } from '../../src/backend/fetch-bounded.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { readIssuerUrls } from '../../src/certificate/read-revocation-pointers.ts'
import type { Rule } from '../../src/policy/policy.ts'
import { IssuerBook } from '../../src/truststore/issuer-book.ts'
import { IssuerKeeper } from '../../src/truststore/issuer-keeper.ts'
import { der, nested, octets, oid, sequence } from '../kit/der.ts'
import { makeSnapshot } from '../kit/make-snapshot.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeBackends, namesOf } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const resolve = async () => ['127.0.0.1']
const sans = { dns: ['good.test'] }
const root = await makeCertificate({ subject: 'Root', ca: true })
const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root })
const stranger = await makeCertificate({ subject: 'Stranger', ca: true })
const strangerMiddle = await makeCertificate({ subject: 'Stranger Middle', ca: true, issuer: stranger })
/** Of the same name and key as the true one, vouched for by a stranger. */
const crossed = await makeCertificate({ subject: 'Middle', ca: true, issuer: stranger, privateKey: middle.key })
/** Of the same name, with a key that signed nothing. */
const namesake = await makeCertificate({ subject: 'Middle', ca: true, issuer: root, keyIdentifiers: false })
const nobody = await makeCertificate({ subject: 'Middle', issuer: root, privateKey: middle.key })
const old = await makeCertificate({
  subject: 'Middle',
  ca: true,
  issuer: root,
  privateKey: middle.key,
  notBefore: new Date(Date.now() - 10 * 86_400_000),
  notAfter: new Date(Date.now() - 86_400_000),
})
const elsewhere = await makeCertificate({
  subject: 'Middle',
  ca: true,
  issuer: root,
  privateKey: middle.key,
  nameConstraints: { permitted: ['other.test'] },
})

type Respond = (response: http.ServerResponse) => void

async function startServer(t: TestContext, respond: Respond) {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    respond(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.cer`, asked }
}

interface StageWish {
  readonly issuer?: MadeCertificate
  readonly issuerUrl: string
  readonly sent?: readonly MadeCertificate[]
  readonly allow?: readonly string[]
  readonly rule?: Partial<Rule>
  readonly now?: () => number
}

/** A backend with a gap in its chain, a root that is trusted, and a keeper whose fetches can be waited for. */
async function setUp(t: TestContext, { issuer = middle, issuerUrl, sent = [], allow, rule, now }: StageWish) {
  const state = mkdtempSync(path.join(tmpdir(), 'vedette-issuers-'))
  t.after(() => rmSync(state, { recursive: true, force: true }))
  const leaf = await makeCertificate({ subject: 'leaf', issuer, sans, issuerUrl })
  const backend = await startBackend(t, { certificate: leaf, chain: sent })
  const addresses = { deny: ['default'], allow: [...(allow ?? ['127.0.0.0/8'])] }
  const fetch = fetchUnder(makeSnapshot({ addresses }))
  const fetches: Promise<void>[] = []
  const book = new IssuerBook((url) => fetches.push(keeper.seek(url)))
  const keeper = new IssuerKeeper({
    state,
    fetch: (wish) => fetch({ ...wish, timeoutMs: Math.min(wish.timeoutMs, 1000) }),
    publish: (news) => book.learn(JSON.parse(JSON.stringify(news))),
    fetched: () => {},
    ...(now === undefined ? {} : { now }),
  })
  const wish = { trust: [trustSetOf('corp', [root])], unlisted: { chainRepair: 'aia', ...rule } as Partial<Rule> }
  const reach = makeBackends(t, wish, { resolve, issuers: book })
  const authority = `good.test:${backend.port}`
  const verdict = () => reach.verdict(authority)
  const settled = () => Promise.all(fetches)
  return { verdict, settled, keeper, book, fetches, backend, state }
}

const detailsOf = ({ findings }: { readonly findings: readonly { readonly detail: string }[] }) =>
  findings.map(({ detail }) => detail).join(' | ')

/** A bag of certificates and nothing else, as authorities serve them. */
function pkcs7(...certificates: readonly MadeCertificate[]): Buffer {
  const version = Buffer.from([2, 1, 1])
  const data = sequence(oid('1.2.840.113549.1.7.1'))
  const bag = der(0xa0, ...certificates.map((each) => each.der))
  const signed = sequence(version, der(0x31), data, bag, der(0x31))
  return sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, signed))
}

for (const [what, body] of [
  ['a certificate', middle.der],
  ['a bag of certificates', pkcs7(strangerMiddle, middle)],
  ['a bag that holds a root too', pkcs7(root, middle)],
] as const) {
  test(`what is missing is fetched as ${what}: refused first, trusted then`, async (t) => {
    const server = await startServer(t, (response) => response.end(body))
    const { verdict, settled } = await setUp(t, { issuerUrl: server.url })
    const first = await verdict()
    assert.deepEqual([first.outcome, namesOf(first)], ['refused', ['incomplete-chain']])
    assert.match(detailsOf(first), /issuer, CN=Middle; it is being fetched from http:.*a\.cer, try again/)
    await settled()
    const second = await verdict()
    assert.deepEqual([second.outcome, namesOf(second)], ['trusted', []])
    assert.deepEqual(server.asked, ['/a.cer'])
  })
}

function stream(response: http.ServerResponse): void {
  const piece = Buffer.alloc(65_536, 0x30)
  const more = () => {
    while (!response.destroyed && response.write(piece)) {}
  }
  response.on('drain', more)
  more()
}

const lies: readonly [why: string, respond: Respond, says: RegExp, issuer?: MadeCertificate][] = [
  ['the root of a stranger', (to) => to.end(stranger.der), /incomplete-chain.*gives a root/, stranger],
  ['a bag with the root of a stranger', (to) => to.end(pkcs7(stranger)), /gives a root/, stranger],
  [
    'the issuer of a stranger',
    (to) => to.end(strangerMiddle.der),
    /untrusted-issuer issued by CN=Stranger/,
    strangerMiddle,
  ],
  ['all of a stranger', (to) => to.end(pkcs7(strangerMiddle, stranger)), /untrusted-issuer/, strangerMiddle],
  ['another issuer', (to) => to.end(strangerMiddle.der), /incomplete-chain.*has not issued it/],
  [
    'one of the same name and key from a stranger',
    (to) => to.end(crossed.der),
    /untrusted-issuer issued by CN=Stranger/,
  ],
  ['one of the same name with another key', (to) => to.end(namesake.der), /incomplete-chain/],
  ['one that is no authority', (to) => to.end(nobody.der), /gives nothing that could have issued it/],
  ['one that is over', (to) => to.end(old.der), /incomplete-chain/],
  ['one that must not vouch for it', (to) => to.end(elsewhere.der), /wrong-purpose/],
  ['ten megabytes', (to) => to.end(Buffer.alloc(10_000_000, 0x30)), /incomplete-chain.*not to be had.*32768/],
  ['megabytes without an end', stream, /incomplete-chain.*not to be had.*32768/],
  ['nothing', () => {}, /incomplete-chain.*took more than 1000 ms/],
  ['a page', (to) => to.end('<html>moved</html>'), /neither a certificate/],
  ['another place', (to) => to.writeHead(302, { Location: 'http://169.254.169.254/' }).end(), /status 302/],
  ['ASN.1 without a bottom', (to) => to.end(nested(5000)), /incomplete-chain.*not to be had/],
  ['half a certificate', (to) => to.end(middle.der.subarray(0, 300)), /incomplete-chain.*not to be had/],
  ['a certificate and more', (to) => to.end(Buffer.concat([middle.der, octets(Buffer.alloc(9))])), /not to be had/],
]

for (const [why, respond, says, issuer] of lies) {
  test(`a server that gives ${why} makes nobody trusted`, async (t) => {
    const server = await startServer(t, respond)
    const { verdict, settled, backend, state } = await setUp(t, { issuerUrl: server.url, ...(issuer && { issuer }) })
    assert.deepEqual(namesOf(await verdict()), ['incomplete-chain'])
    await settled()
    const later = await verdict()
    assert.equal(later.outcome, 'refused')
    assert.match(later.findings.map(({ name, detail }) => `${name} ${detail}`).join(' | '), says)
    assert.deepEqual([backend.requests.length, server.asked.length], [0, 1])
    assert.ok(readdirSync(state, { recursive: true }).length <= 2)
  })
}

for (const host of [
  '169.254.169.254',
  '127.0.0.1',
  '[::1]',
  '0x7f.1',
  '[::ffff:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  'localhost',
]) {
  test(`under the default rules for addresses nothing is fetched from ${host}`, async (t) => {
    const server = await startServer(t, (response) => response.end(middle.der))
    const issuerUrl = server.url.replace('127.0.0.1', host)
    const { verdict, settled } = await setUp(t, { issuerUrl, allow: [] })
    await verdict()
    await settled()
    assert.match(detailsOf(await verdict()), /not to be had: .* is denied/)
    assert.deepEqual(server.asked, [])
  })
}

for (const issuerUrl of [
  'ldap://ca.test/cn=ca',
  'https://ca.test/a.cer',
  'file:///etc/passwd',
  `http://${'a'.repeat(3000)}`,
]) {
  test(`nobody is asked for ${issuerUrl.slice(0, 30)}`, async (t) => {
    const { verdict, fetches } = await setUp(t, { issuerUrl })
    assert.match(detailsOf(await verdict()), /issuer, CN=Middle$/)
    assert.deepEqual(fetches, [])
  })
}

for (const chainRepair of ['pool', 'off'] as const) {
  test(`under chainRepair: ${chainRepair} nothing is fetched, and what others fetched is not used`, async (t) => {
    const server = await startServer(t, (response) => response.end(middle.der))
    const { verdict, fetches, keeper } = await setUp(t, { issuerUrl: server.url, rule: { chainRepair } })
    await keeper.seek(server.url)
    assert.match(detailsOf(await verdict()), /issuer, CN=Middle$/)
    assert.deepEqual(fetches, [])
  })
}

test('what was fetched for one certificate serves none that names another address', async (t) => {
  const [good, bad] = [
    await startServer(t, (response) => response.end(middle.der)),
    await startServer(t, (response) => response.end('nothing')),
  ]
  const { verdict, settled, keeper } = await setUp(t, { issuerUrl: bad.url })
  await keeper.seek(good.url)
  await verdict()
  await settled()
  assert.deepEqual(namesOf(await verdict()), ['incomplete-chain'])
})

test('what was good stays when it cannot be fetched again, and a liar is asked again after a while', async (t) => {
  let nowMs = Date.now()
  let body: Buffer | string = strangerMiddle.der
  const server = await startServer(t, (response) => response.end(body))
  const { verdict, settled, keeper } = await setUp(t, { issuerUrl: server.url, now: () => nowMs })
  await verdict()
  await settled()
  body = middle.der
  await keeper.seek(server.url)
  assert.equal((await verdict()).outcome, 'refused', 'not asked again at once')
  nowMs += 61_000
  await keeper.seek(server.url)
  assert.equal((await verdict()).outcome, 'trusted')
  nowMs += 61_000
  body = 'broken'
  await keeper.seek(server.url)
  assert.equal((await verdict()).outcome, 'trusted')
  assert.equal(server.asked.length, 3)
})

test('a path of ever new issuers is followed no further than a chain may be long', async (t) => {
  const made: MadeCertificate[] = [stranger]
  const server = await startServer(t, (response) => response.end(made[made.length - server.asked.length - 1]?.der))
  for (let n = 0; n < 12; n += 1) {
    const issuer = made.at(-1)
    made.push(
      await makeCertificate({
        subject: `Issuer ${n}`,
        ca: true,
        issuer,
        issuerUrl: server.url.replace('a.cer', `${n}`),
      }),
    )
  }
  const { verdict, settled } = await setUp(t, { issuer: made.at(-1) as MadeCertificate, issuerUrl: server.url })
  made.push(stranger)
  for (let n = 0; n < 12; n += 1) {
    assert.equal((await verdict()).outcome, 'refused')
    await settled()
  }
  assert.equal(server.asked.length, 7)
})

test('a book forgets the oldest of what nobody takes back', async () => {
  const issuers = new IssuerBook(() => {})
  const leaf = new X509Certificate(
    (await makeCertificate({ subject: 'leaf', issuer: middle, sans, issuerUrl: 'http://0.test/' })).certificate,
  )
  const certificates = [middle.der.toString('base64')]
  const learn = (n: number) =>
    issuers.learn({ facts: [{ key: `http://${n}.test/`, certificates, failure: undefined }], gone: [] })
  learn(0)
  assert.equal(issuers.possibleIssuers(leaf, Date.now()).length, 1)
  for (let n = 1; n <= 400; n += 1) learn(n)
  assert.equal(issuers.possibleIssuers(leaf, Date.now()).length, 0)
})

test('a restart knows what was fetched, and no more than two hundred addresses are ever known', async (t) => {
  const state = mkdtempSync(path.join(tmpdir(), 'vedette-issuers-'))
  t.after(() => rmSync(state, { recursive: true, force: true }))
  const known = new Set<string>()
  const keeperOf = (fetch: () => Promise<Buffer>) =>
    new IssuerKeeper({
      state,
      fetch,
      publish: ({ facts, gone }) => {
        for (const { key } of facts) known.add(key)
        for (const key of gone) known.delete(key)
      },
      fetched: () => {},
    })
  const failing = keeperOf(() => Promise.reject(new Error('no')))
  await keeperOf(async () => middle.der).seek('http://good.test/')
  for (let n = 0; n < 250; n += 1) await failing.seek(`http://${n}.test/`)
  assert.equal(known.size, 201)
  known.clear()
  await keeperOf(() => Promise.reject(new Error('no'))).loadCache()
  assert.deepEqual([...known], ['http://good.test/'])
})

test('the addresses of an issuer are read of any certificate, and none of bytes that are none', async () => {
  const leaf = await makeCertificate({ subject: 'leaf', issuer: root, sans, issuerUrl: 'http://ca.test/x' })
  assert.deepEqual(readIssuerUrls(leaf.der), ['http://ca.test/x'])
  assert.deepEqual(readIssuerUrls(root.der), [])
  for (const url of ['http://ca.test/\r\nX: y', 'http://ca.test/\0', 'http://ca.test/ b', 'http://ca.test/\x1b[2J']) {
    const odd = await makeCertificate({ subject: 'leaf', issuer: root, sans, issuerUrl: url })
    assert.deepEqual(readIssuerUrls(odd.der), [])
  }
  for (let end = 0; end < leaf.der.length; end += 1)
    assert.doesNotThrow(() => readIssuerUrls(leaf.der.subarray(0, end)))
})
