/**
 * Goal: health checks are switched on the page, run by themselves under the rule, and tell a backend that minds SNI as
 * that. Method: a real sidecar whose schedule is the real one; what is asserted is what reached the backends.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import tls from 'node:tls'
import { closeBrowser } from '../kit/browser.ts'
import { eventually } from '../kit/eventually.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

after(closeBrowser)

const corp = await makeTrust(['mail.localhost', 'adfs.localhost'])
const secure = tls.createSecureContext({ cert: corp.leaf.certificate, key: corp.leaf.key })

test('a backend is looked after once its switch is on, and left alone once it is off', async (t) => {
  const mail = await startBackend(t, { certificate: corp.leaf })
  const adfs = await startBackend(t, {
    tls: { SNICallback: (name, done) => done(null, name === 'adfs.localhost' ? secure : undefined) },
  })
  const [mailName, adfsName] = [`mail.localhost:${mail.port}`, `adfs.localhost:${adfs.port}`]
  const spec = `healthCheck: { every: 5s }
strictTls: { defaultTrustStore: none, customTrustStores: [corp] }
rules:
  - { name: mail, match: ["${mailName}"] }
  - { name: adfs, match: ["${adfsName}"], sni: false, healthCheck: {} }`
  const journey = await startJourney(t, { spec, trust: { corp: corp.ca.certificate } })
  const metric = (line: string) =>
    eventually(async () => (await (await fetch(`${journey.sidecar.healthUrl}/metrics`)).text()).includes(line), line)
  const tab = await openPage(t, journey, { path: `/backends?backend=${encodeURIComponent(mailName)}` })
  const drawer = tab.getByRole('dialog', { name: mailName })
  const toggle = drawer.getByRole('switch', { name: 'Check this backend by itself' })
  assert.equal(await toggle.isChecked(), false)
  assert.equal(mail.accepted, 0, 'nobody asked for checks')
  await toggle.click()
  await drawer.getByText('Passes').waitFor({ timeout: 20_000 })
  assert.deepEqual([mail.handshakes.length >= 1, mail.requests], [true, []])

  const { body } = await journey.admin.ask('backend', { params: { backend: adfsName } })
  assert.deepEqual([body.health.ok, body.health.sni], [false, 'needs-sni'])
  const { body: status } = await journey.admin.ask('status')
  assert.deepEqual(
    status.backendHealth.failing.map(({ backend }: { backend: string }) => backend),
    [adfsName],
  )
  await metric(`vedette_backend_up{backend="${mailName}"} 1`)
  await metric(`vedette_backend_up{backend="${adfsName}"} 0`)
  await metric('vedette_truststore_certificate_expiration_timestamp_seconds{store="corp",fingerprint="')
  const { stdout } = await journey.sidecar.vedette(['status'])
  assert.match(stdout, new RegExp(`failing +${adfsName}: needs SNI`))
  assert.equal((await fetch(`${journey.sidecar.healthUrl}/readyz`)).status, 200, 'no reason to take the sidecar away')

  await toggle.click()
  await drawer.getByText('Passes').waitFor({ state: 'detached', timeout: 20_000 })
  const before = mail.accepted
  // For all of them now: a backend that nothing names is looked after once traffic has met it, until it is switched off.
  const api = await startBackend(t, { certificate: corp.leaf })
  const apiName = `api.localhost:${api.port}`
  assert.equal(await journey.visit(apiName), 502, 'its certificate names others')
  await tab.goto(`${journey.url}/backends`)
  await tab.getByRole('switch', { name: 'Check all backends by themselves' }).click()
  const row = tab.getByRole('row').filter({ has: tab.getByRole('rowheader', { name: apiName }) })
  await row.getByText('refused, name-mismatch').waitFor({ timeout: 30_000 })
  assert.equal(mail.accepted, before, 'its own switch is closer than that for all')
  await metric('vedette_backend_up{backend="_other"} 0')
  // Nobody went to that backend but its checks, and they have seen its certificate.
  await metric(`vedette_backend_certificate_expiration_timestamp_seconds{backend="${adfsName}"}`)
  await row.getByRole('button', { name: apiName }).click()
  const own = tab.getByRole('dialog', { name: apiName }).getByRole('switch')
  assert.equal(await own.isChecked(), true)
  await own.click()
  await eventually(
    async () => (await journey.admin.ask('backend', { params: { backend: apiName } })).body.health === null,
    'the end of its checks',
  )
  const { body: law } = await journey.admin.ask('policy')
  assert.deepEqual(
    law.document.spec.healthCheck.backends.map(
      ({ backend, enabled }: { backend: { authority: string }; enabled: boolean }) => [backend.authority, enabled],
    ),
    [
      [mailName, false],
      [apiName, false],
    ],
  )
})
