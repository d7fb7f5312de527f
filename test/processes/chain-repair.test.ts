/**
 * Goal: an intermediate that a backend did not send is fetched from where its certificate says, by the control process
 * alone, for the handshakes to come. Method: the real process, a real server of certificates, and a backend with a gap in
 * its chain. What a server of certificates may get wrong is in test/backend/fetched-issuers.test.ts.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { requestThrough } from '../kit/keep-alive-load.ts'
import { startBackend } from '../kit/start-backend.ts'
import { startInstance } from '../kit/start-instance.ts'

const root = await makeCertificate({ subject: 'Root', ca: true })
const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root })

interface Place {
  readonly repair?: string
  readonly allow?: string
}

const policy = ({ repair = 'aia', allow = '127.0.0.0/8, "::1"' }: Place) => `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: test }
spec:
  strictTls: { defaultTrustStore: none, customTrustStores: [corp], chainRepair: ${repair} }
  destinations: { allowAddresses: [${allow}] }
`

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
  return { port: (server.address() as AddressInfo).port, asked }
}

/** An instance that trusts the root, a backend that sends its own certificate alone, and what comes of a request to it. */
async function start(t: TestContext, wish: Place & { readonly issuer: MadeCertificate; readonly issuerUrl?: string }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-repair-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(path.join(folder, 'truststores', 'corp'), { recursive: true })
  writeFileSync(path.join(folder, 'truststores', 'corp', 'root.pem'), root.certificate)
  const { issuer, issuerUrl } = wish
  const leaf = await makeCertificate({ subject: 'leaf', issuer, sans: { dns: ['shop.localhost'] }, issuerUrl })
  const backend = await startBackend(t, { certificate: leaf })
  const instance = startInstance(t, { policy: policy(wish), folder })
  const proxyPort = await instance.up
  await instance.logged('control.started')
  const ask = () => requestThrough(proxyPort, `http://shop.localhost:${backend.port}/`)
  return { instance, backend, folder, ask }
}

test('a missing intermediate is fetched after the first handshake, which is refused, and serves all later ones', async (t) => {
  const server = await startServer(t, (response) => response.end(middle.der))
  const issuerUrl = `http://127.0.0.1:${server.port}/middle.cer`
  const { instance, backend, folder, ask } = await start(t, { issuer: middle, issuerUrl })
  const first = await ask()
  assert.equal(first.status, 502)
  assert.match(
    first.body,
    /incomplete-chain.*did not send the certificate of its issuer, CN=Middle; it is being fetched from/,
  )
  assert.equal(backend.requests.length, 0)
  await instance.logged('issuer.fetched')
  const { generation } = await instance.status()
  assert.equal((await ask()).status, 200)
  assert.equal((await instance.status()).generation, generation)

  // A worker that starts later, and an instance that starts again, know it already.
  for (const pid of await instance.liveWorkers()) process.kill(pid, 'SIGKILL')
  assert.equal((await ask()).status, 200)
  instance.signal('SIGTERM')
  await instance.ended
  const again = startInstance(t, { policy: policy({}), folder })
  const proxyPort = await again.up
  await again.logged('control.started')
  assert.equal((await requestThrough(proxyPort, `http://shop.localhost:${backend.port}/`)).status, 200)
  assert.deepEqual(server.asked, ['/middle.cer'])
  const [file] = readdirSync(path.join(folder, 'state', 'issuers'))
  assert.match(readFileSync(path.join(folder, 'state', 'issuers', file ?? ''), 'utf8'), /middle\.cer/)
})

for (const repair of ['pool', 'off']) {
  test(`nothing is fetched under chainRepair: ${repair}`, async (t) => {
    const server = await startServer(t, (response) => response.end(middle.der))
    const issuerUrl = `http://127.0.0.1:${server.port}/middle.cer`
    const { ask } = await start(t, { issuer: middle, issuerUrl, repair })
    for (let n = 0; n < 2; n += 1) assert.match((await ask()).body, /incomplete-chain.*issuer, CN=Middle"/)
    assert.deepEqual(server.asked, [])
  })
}

test('a certificate cannot make the control process fetch from where the policy does not let it go', async (t) => {
  const server = await startServer(t, (response) => response.end(middle.der))
  const issuerUrl = `http://127.0.0.2:${server.port}/middle.cer`
  const { instance, ask } = await start(t, { issuer: middle, issuerUrl, allow: '127.0.0.1/32, "::1"' })
  assert.match((await ask()).body, /incomplete-chain/)
  assert.match(String((await instance.logged('issuer.missing')).message), /127\.0\.0\.2 is denied: loopback/)
  assert.match((await ask()).body, /127\.0\.0\.2 is denied: loopback/)
  assert.deepEqual(server.asked, [])
})
