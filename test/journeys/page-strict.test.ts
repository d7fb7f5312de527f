/**
 * Goal: what an operator ticks on the Outgoing TLS screen is what connections meet. Method: Chromium on the page of the
 * real sidecar, by keyboard alone, real backends behind it; each step asserts what a request through the proxy gets.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { closeBrowser } from '../kit/browser.ts'
import { Keyboard } from '../kit/keyboard.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

const corp = await makeTrust(['good.localhost'])
const own = await makeCertificate({ subject: 'own', sans: { dns: ['own.localhost'] } })
const wrong = await makeCertificate({ subject: 'other', issuer: corp.ca, sans: { dns: ['other.localhost'] } })

after(closeBrowser)

test('strict on, allow and log, and a custom store that an upload fills', async (t) => {
  const [good, selfSigned, misnamed] = await Promise.all([
    startBackend(t, { certificate: corp.leaf, chain: [corp.ca] }),
    startBackend(t, { certificate: own }),
    startBackend(t, { certificate: wrong, chain: [corp.ca] }),
  ])
  const spec = 'strictTls: { enabled: false, customTrustStores: [corp] }   # asked for by the mail team'
  const journey = await startJourney(t, { spec, trust: { corp: corp.ca.certificate } })
  const outcomes = async () => [
    await journey.visit(`good.localhost:${good.port}`),
    await journey.visit(`own.localhost:${selfSigned.port}`),
    await journey.visit(`wrong.localhost:${misnamed.port}`),
  ]
  const page = await openPage(t, journey)
  const keys = await Keyboard.only(page)
  assert.deepEqual(await outcomes(), [200, 200, 200], 'nobody is verified')

  const mark = page.getByRole('banner').getByRole('link', { name: 'Strict TLS off' })
  await t.test('Enable Strict TLS reveals its options, the default trust store ticked', async () => {
    const strict = page.getByRole('switch', { name: 'Enable Strict TLS' })
    assert.equal(await page.getByLabel('Enable Default Trust Store').count(), 0)
    await page.getByText('these wait for it: the custom trust store').waitFor()
    await keys.press(strict, 'Space')
    assert.ok(await page.getByLabel('Enable Default Trust Store').isChecked())
    assert.ok(await page.getByLabel('Enable Custom Trust Store').isChecked())
    assert.ok(!(await page.getByLabel('Allow and Log untrusted servers').isChecked()))
    const hostName = page.getByLabel('Server host name verification')
    assert.deepEqual([await hostName.isChecked(), await hostName.isDisabled()], [true, true])
    assert.deepEqual(await outcomes(), [200, 200, 200], 'a draft changes nothing')
    await mark.waitFor()
    await page.reload()
    assert.ok(await strict.isChecked(), 'a refresh keeps the draft')
    await keys.applyDraft(() => keys.type(page.getByLabel(/^Type \d to apply although/), '2'))
    assert.deepEqual(await outcomes(), [200, 502, 502])
    await mark.waitFor({ state: 'detached' })
    const text = readFileSync(journey.sidecar.policyFile, 'utf8')
    assert.match(text, /^ {2}strictTls: \{ ?enabled: true, customTrustStores: \[corp\] ?\} +# asked for by the mail/m)
  })

  await t.test('Allow and Log lets the untrusted one through, and never a wrong name', async () => {
    await keys.press(page.getByLabel('Allow and Log untrusted servers'), 'Space')
    await keys.applyDraft(async () => {
      await keys.type(page.getByLabel(/^Type \d to apply although/), '1')
      await keys.pick(page.getByLabel('Revert unless kept'), 'Never: the change stays')
    })
    assert.deepEqual(await outcomes(), [200, 200, 502])
    await keys.press(page.getByLabel('Allow and Log untrusted servers'), 'Space')
    await keys.applyDraft(() => keys.type(page.getByLabel(/^Type \d to apply although/), '1'))
    assert.deepEqual(await outcomes(), [200, 502, 502])
  })

  await t.test('an upload is shown first, and then makes a refused backend a trusted one', async () => {
    const buffer = Buffer.from(own.certificate)
    const field = page.getByLabel('Certificates', { exact: true })
    await keys.upload(field, { name: 'own.pem', mimeType: 'text/plain', buffer })
    await keys.press(page.getByRole('button', { name: 'Upload and look' }))
    await page.getByRole('button', { name: 'Trust this certificate in corp' }).waitFor()
    assert.deepEqual(await outcomes(), [200, 502, 502], 'nothing is trusted yet')
    await keys.press(page.getByRole('button', { name: 'Trust this certificate in corp' }))
    await page.getByText('The store corp has grown').waitFor()
    assert.deepEqual(await outcomes(), [200, 200, 502])
  })
})
