/**
 * Goal: what is chosen in the review holds: open tunnels finish or are cut, a policy test stops a draft, an exception can
 * be taken out. Method: Chromium on the page of the real sidecar; a tunnel that stays open meanwhile.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rmSync, symlinkSync } from 'node:fs'
import http from 'node:http'
import type net from 'node:net'
import { after, type TestContext, test } from 'node:test'
import tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { closeBrowser } from '../kit/browser.ts'
import { applyDraft, openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

const own = await makeCertificate({ subject: 'own', sans: { dns: ['own.localhost'] } })

after(closeBrowser)

test('open tunnels finish, or those that the new version refuses are cut', async (t) => {
  const backend = await startBackend(t, { certificate: own })
  const name = `own.localhost:${backend.port}`
  const journey = await startJourney(t, { spec: 'strictTls: { enabled: false }\nsni: false' })
  const tunnel = await openTunnel(t, journey.sidecar.proxyPort, name)
  const page = await openPage(t, journey)

  await page.getByLabel('Enable SNI').check()
  await applyDraft(page)
  assert.equal(await answerThrough(tunnel, name), 200, 'a tunnel finishes under the version it began with')

  const closed = new Promise<void>((resolve) => tunnel.once('close', () => resolve()))
  await page.getByRole('switch', { name: 'Enable Strict TLS' }).check()
  await applyDraft(page, async () => {
    await page.getByLabel('Cut those that the new version refuses').check()
    await page.getByLabel(/^Type 1 to apply/).fill('1')
  })
  await closed
  assert.equal(await journey.visit(name), 502)
})

test('a policy test stops a draft, and an exception that is taken out no longer forgives', async (t) => {
  const backend = await startBackend(t, { certificate: own })
  const name = `own.localhost:${backend.port}`
  const exception = `{ backend: "${name}", findings: [self-signed], until: 2099-12-31, owner: ops, reason: it is ours }`
  const spec = `exceptions: [${exception}]`
  const journey = await startJourney(t, { spec })
  const page = await openPage(t, journey)
  assert.equal(await journey.visit(name), 200)

  await page.getByLabel('Destination').fill(name)
  await page.getByLabel('Expected').selectOption('allowed')
  await page.getByRole('button', { name: 'Add a test' }).click()
  await page.getByText(`${name} is expected to be allowed`).waitFor()
  await applyDraft(page)

  await page.getByRole('row', { name: /self-signed.*2099-12-31.*ops: it is ours/ }).waitFor()
  await page.getByRole('button', { name: `Take out the exception for ${name}` }).click()
  await page.getByText('1 unsaved change').waitFor()
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await page.getByLabel(/^Type 1 to apply/).fill('1')
  await page.getByRole('button', { name: 'Yes, apply' }).click()
  await page.getByRole('alert').getByText('Not applied: the version before stays in force').waitFor()
  await page.getByRole('button', { name: 'OK' }).click()
  assert.equal(await journey.visit(name), 200)
  await page.getByText('1 unsaved change').waitFor()

  await page.getByRole('button', { name: `Take out the test of ${name}` }).click()
  await page.getByText('2 unsaved changes').waitFor()
  await applyDraft(page, () => page.getByLabel(/^Type 1 to apply/).fill('1'))
  assert.equal(await journey.visit(name), 502)
})

/** Opens a tunnel and makes the caller's own TLS in it. */
test('a policy file that cannot be written is said before anything is drafted', async (t) => {
  const journey = await startJourney(t, { spec: 'sni: false' })
  const page = await openPage(t, journey)
  const banner = page.getByRole('region', { name: 'Read-only policy' })
  await page.getByLabel('Enable SNI').waitFor()
  assert.equal(await banner.count(), 0)

  // A link that leads to itself stands in for a read-only mount.
  const { policyFile } = journey.sidecar
  rmSync(policyFile)
  symlinkSync(policyFile, policyFile)
  await page.reload()
  assert.match((await banner.textContent()) ?? '', /cannot be written \(ELOOP\)\. Change it where it comes from/)
})

async function openTunnel(t: TestContext, proxyPort: number, authority: string): Promise<tls.TLSSocket> {
  const request = http.request({ host: '127.0.0.1', port: proxyPort, method: 'CONNECT', path: authority, agent: false })
  request.end()
  const [response, socket] = (await once(request, 'connect')) as [http.IncomingMessage, net.Socket]
  assert.equal(response.statusCode, 200)
  const secure = tls.connect({ socket, rejectUnauthorized: false, servername: 'own.localhost' })
  t.after(() => secure.destroy())
  for (const end of [socket, secure]) end.on('error', () => {})
  await once(secure, 'secureConnect')
  return secure
}

/** Asks for something in a tunnel that is open already; gives the status. */
async function answerThrough(tunnel: tls.TLSSocket, authority: string): Promise<number> {
  tunnel.write(`GET / HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
  const [chunk] = (await once(tunnel, 'data')) as [Buffer]
  return Number(chunk.toString('latin1').split(' ')[1])
}
