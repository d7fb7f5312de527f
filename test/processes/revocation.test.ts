/**
 * Goal: what a list or a responder says reaches the workers of a running instance, without a new generation, and ends
 * what was trusted before. Method: the real process with lists in its folder, a real server of lists and answers, and a
 * pooled backend connection that is alive when the news comes.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import type tls from 'node:tls'
import type { ExtensionWish } from '../../src/certificate/certificate-wish.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { requestThrough } from '../kit/keep-alive-load.ts'
import { makeCrl, pemOf } from '../kit/make-crl.ts'
import { makeOcspAnswer } from '../kit/make-ocsp-answer.ts'
import { crlPoints, ocspResponder } from '../kit/revocation-extensions.ts'
import { startBackend } from '../kit/start-backend.ts'
import { startInstance } from '../kit/start-instance.ts'
import { openTunnel } from '../kit/tunnel.ts'

const ca = await makeCertificate({ subject: 'CA', ca: true })
const leafWith = (...extensions: ExtensionWish[]) =>
  makeCertificate({ subject: 'leaf', issuer: ca, sans: { dns: ['shop.localhost'] }, extensions })

const leafNamed = (name: string) => makeCertificate({ subject: name, issuer: ca, sans: { dns: [`${name}.localhost`] } })

const policy = (revocation: string, allow = '127.0.0.0/8, "::1"') => `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: test }
spec:
  strictTls: { defaultTrustStore: none, customTrustStores: [corp] }
  revocation: ${revocation}
  destinations: { allowAddresses: [${allow}] }
`

/** An instance that trusts the authority, a backend, and what comes of a request to it. */
async function start(
  t: TestContext,
  policyText: string,
  leaf: typeof ca,
  lists: Readonly<Record<string, string>> = {},
  settings = '',
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-revocation-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(path.join(folder, 'truststores', 'corp'), { recursive: true })
  mkdirSync(path.join(folder, 'crls'))
  writeFileSync(path.join(folder, 'truststores', 'corp', 'root.pem'), ca.certificate)
  for (const [name, text] of Object.entries(lists)) writeFileSync(path.join(folder, 'crls', name), text)
  const backend = await startBackend(t, { certificate: leaf })
  const instance = startInstance(t, { policy: policyText, folder, settings })
  const proxyPort = await instance.up
  await instance.logged('control.started')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const ask = () => requestThrough(proxyPort, `http://shop.localhost:${backend.port}/`, { agent })
  return { instance, backend, proxyPort, ask, crl: (name: string) => path.join(folder, 'crls', name) }
}

async function startServer(t: TestContext, answer: () => Promise<Buffer> | Buffer | undefined) {
  const paths: string[] = []
  const asked = Promise.withResolvers<void>()
  const server = http.createServer(async (request, response) => {
    paths.push(`${request.method} ${request.url}`)
    asked.resolve()
    const body = await answer()
    if (body === undefined) response.writeHead(503).end()
    else response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.crl`, paths, asked: asked.promise }
}

test('a list in the folder that comes to name a certificate ends its pooled connection and refuses the next', async (t) => {
  const leaf = await leafWith()
  const before = pemOf(makeCrl({ issuer: ca }))
  const { instance, backend, ask, crl } = await start(t, policy('{ mode: hard, sources: [crl] }'), leaf, {
    'corp.crl': before,
  })
  await instance.logged('crl.good')
  assert.equal((await ask()).status, 200)
  const { generation } = await instance.status()

  writeFileSync(crl('corp.crl'), pemOf(makeCrl({ issuer: ca, revoked: [leaf], reason: 1 })))
  const [pooled] = backend.sockets
  if (pooled && !pooled.destroyed) await new Promise((resolve) => pooled.once('close', resolve))
  const refused = await ask()
  assert.equal(refused.status, 502)
  assert.match(
    refused.body,
    /revoked.*was revoked on 2026-03-04T05:06:07Z \(keyCompromise\), says the list .*corp\.crl/,
  )
  const status = await instance.status()
  assert.equal(status.generation, generation)
  assert.deepEqual(
    status.revocationLists.map(({ state, entries }) => [state, entries]),
    [['good', 1]],
  )
})

test('a list that has ended is told as such, in hard mode refuses, and spoils no other list', async (t) => {
  const [leaf, other] = await Promise.all([leafWith(), makeCertificate({ subject: 'Other', ca: true })])
  const past = { thisUpdate: new Date('2026-01-01'), nextUpdate: new Date('2026-01-02') }
  const { instance, ask, crl } = await start(t, policy('{ mode: hard, sources: [crl] }'), leaf, {
    'corp.crl': pemOf(makeCrl({ issuer: ca, ...past })),
    'broken.crl': 'no list at all',
    'other.crl': pemOf(makeCrl({ issuer: other })),
  })
  const refused = await ask()
  assert.equal(refused.status, 502)
  assert.match(refused.body, /revocation-unknown.*corp\.crl has expired on 2026-01-02T00:00:00Z/)
  const states = (await instance.status()).revocationLists.map(({ source, state }) => [path.basename(source), state])
  assert.deepEqual(states, [
    ['broken.crl', 'bad'],
    ['corp.crl', 'expired'],
    ['other.crl', 'waiting'],
  ])
  assert.match((await instance.health('/metrics')).body, /vedette_revocation_lists\{state="expired"\} 1/)

  writeFileSync(crl('corp.crl'), makeCrl({ issuer: ca }))
  await instance.logged('crl.good')
  assert.equal((await ask()).status, 200)
})

for (const [says, revoked] of [
  ['names nobody', false],
  ['names the certificate', true],
] as const) {
  test(`a list that the certificate points to is fetched at its first handshake, and ${says}`, async (t) => {
    let list: Buffer | undefined
    const { url, paths } = await startServer(t, () => list)
    const leaf = await leafWith(crlPoints(url))
    list = makeCrl({ issuer: ca, point: url, revoked: revoked ? [leaf] : [] })
    const { instance, ask } = await start(t, policy('{ mode: hard, sources: [crl] }'), leaf)
    assert.equal((await ask()).status, revoked ? 502 : 200)
    assert.deepEqual(paths, ['GET /a.crl'])
    const [state] = (await instance.status()).revocationLists
    assert.deepEqual([state?.source, state?.state], [url, 'good'])
  })
}

test('a list that cannot be fetched refuses in hard mode and is let go in soft mode', async (t) => {
  const { url } = await startServer(t, () => undefined)
  const leaf = await leafWith(crlPoints(url))
  const hard = await start(t, policy('{ mode: hard, sources: [crl] }'), leaf)
  assert.match((await hard.ask()).body, /revocation-unknown.*a\.crl.* answered with status 503/)
  const soft = await start(t, policy('{ mode: soft, sources: [crl] }'), leaf)
  assert.equal((await soft.ask()).status, 200)
})

test('a distribution point at an address that the policy denies is not fetched', async (t) => {
  const { url, paths } = await startServer(t, () => makeCrl({ issuer: ca }))
  const [port] = /\d+(?=\/a)/.exec(url) ?? []
  const leaf = await leafWith(crlPoints(`http://127.0.0.2:${port}/a.crl`, 'http://169.254.169.254/latest/meta-data'))
  const { ask } = await start(t, policy('{ mode: hard, sources: [crl] }', '127.0.0.1/32'), leaf)
  assert.match((await ask()).body, /revocation-unknown.*127\.0\.0\.2 is denied: loopback.*169\.254\.169\.254 is denied/)
  assert.deepEqual(paths, [])
})

for (const status of ['good', 'revoked'] as const) {
  test(`a responder is asked where the policy says so, once, and says ${status}`, async (t) => {
    let answer: Buffer | undefined
    const { url, paths } = await startServer(t, () => answer)
    const leaf = await leafWith(ocspResponder(url))
    answer = makeOcspAnswer({ about: leaf, issuer: ca, status })
    const { ask } = await start(t, policy('{ mode: hard, sources: [ocsp] }'), leaf)
    assert.equal((await ask()).status, status === 'good' ? 200 : 502)
    await ask()
    assert.deepEqual(paths, ['POST /a.crl'])
  })
}

test('in soft mode the first request does not wait for a list, and the connection ends when the list names it', async (t) => {
  const list = Promise.withResolvers<Buffer>()
  const { url } = await startServer(t, () => list.promise)
  const leaf = await leafWith(crlPoints(url))
  const { instance, backend, ask } = await start(t, policy('{ mode: soft, sources: [crl] }'), leaf)
  assert.equal((await ask()).status, 200)
  const line = await instance.logged('request')
  assert.deepEqual([line.verdict, line.findings], ['trusted', undefined])
  const [pooled] = backend.sockets
  const closed = pooled && new Promise((resolve) => pooled.once('close', resolve))
  list.resolve(makeCrl({ issuer: ca, point: url, revoked: [leaf] }))
  await closed
  assert.match((await ask()).body, /revoked/)
})

test('in hard mode the first request waits for a slow list', async (t) => {
  const list = Promise.withResolvers<Buffer>()
  const { url, asked } = await startServer(t, () => list.promise)
  const leaf = await leafWith(crlPoints(url))
  const { ask, backend } = await start(t, policy('{ mode: hard, sources: [crl] }'), leaf)
  const answer = ask()
  await asked
  assert.deepEqual(backend.requests, [])
  list.resolve(makeCrl({ issuer: ca, point: url }))
  assert.equal((await answer).status, 200)
})

for (const fate of ['cut', 'drain'] as const) {
  test(`an open tunnel whose certificate turns out to be revoked: openTunnels: ${fate}`, async (t) => {
    const [lost, kept] = await Promise.all(['lost', 'kept'].map((name) => leafNamed(name)))
    assert.ok(lost && kept)
    const lists = { 'corp.crl': pemOf(makeCrl({ issuer: ca })) }
    const started = await start(t, policy('{ mode: soft, sources: [crl] }'), lost, lists, `openTunnels: ${fate}\n`)
    const { instance, proxyPort, ask, crl } = started
    const echo = (socket: tls.TLSSocket) => void socket.pipe(socket)
    const tunnelTo = async (name: string, certificate: typeof ca) => {
      const { port } = await startBackend(t, { certificate, onSecure: echo })
      return openTunnel(t, { proxyPort, authority: `${name}.localhost:${port}`, ca: ca.certificate })
    }
    const [one, other] = [await tunnelTo('lost', lost), await tunnelTo('kept', kept)]
    assert.ok((await one.echoes('one')) && (await other.echoes('one')))
    writeFileSync(crl('corp.crl'), pemOf(makeCrl({ issuer: ca, revoked: [lost] })))
    if (fate === 'cut') {
      await one.closed
      assert.equal((await instance.logged('generation.reweighed')).cut, 1)
      assert.equal((await instance.logged('tunnel')).error, 'POLICY_VERDICT_REFUSED')
    } else {
      while (!/"revoked"/.test((await ask()).body)) await instance.ask('revocation-lists', { fetch: true })
      assert.ok(await one.echoes('two'))
    }
    assert.ok(await other.echoes('two'))
  })
}

test('a request for the lists fetches them again at once, when it is asked to', async (t) => {
  let list: Buffer | undefined
  const { url, paths } = await startServer(t, () => list)
  const leaf = await leafWith(crlPoints(url))
  const stranger = await makeCertificate({ subject: 'Stranger', ca: true })
  list = makeCrl({ issuer: stranger })
  const { instance, ask } = await start(t, policy('{ mode: soft, sources: [crl] }'), leaf)
  await ask()
  await instance.logged('crl.bad')
  const states = async (fetch: boolean) =>
    (await instance.ask('revocation-lists', { fetch })).lists.map(({ state, issuer, detail }) => [
      state,
      issuer,
      detail,
    ])
  const wrong = ['wrong-issuer', 'CN=CA', 'is of another issuer, CN=Stranger']
  assert.deepEqual(await states(false), [wrong])
  list = makeCrl({ issuer: ca, point: url })
  assert.deepEqual(await states(false), [wrong])
  assert.deepEqual(await states(true), [['good', 'CN=CA', '']])
  assert.equal(paths.length, 2)
})
