/**
 * Goal: what an admin does to the instance itself on the System screen has its effect on connections, and loses none. Method:
 * Chromium on the page of one real sidecar; each step is followed by requests through the proxy.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, type TestContext, test } from 'node:test'
import { closeBrowser, openTab, startBrowser } from '../kit/browser.ts'
import { wrongInSomeLook } from '../kit/every-look.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

after(closeBrowser)

const corp = await makeTrust(['good.localhost'])
const spec = 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }'

test('the System screen', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const settings = 'refusalMessage: Ask ops & <net>\n'
  const journey = await startJourney(t, { spec, settings, trust: { corp: corp.ca.certificate } })
  const visit = () => journey.visit(`good.localhost:${backend.port}`)
  const page = await openPage(t, journey, { path: '/system' })
  let backup = Buffer.alloc(0)
  assert.equal(await visit(), 200)

  await t.test('a backup brings back what was trusted, once it was looked at', async () => {
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download a backup' }).click()
    backup = readFileSync(await (await downloading).path())
    const { text } = (await journey.admin.ask('policy')).body
    assert.equal((await journey.admin.apply(text.replace('none, customTrustStores: [corp]', 'bundled'))).status, 200)
    assert.equal(await visit(), 502)
    await assertRefusalPage(t, { proxyPort: journey.sidecar.proxyPort, url: `http://good.localhost:${backend.port}/` })
    const card = page.getByRole('region', { name: 'Backup' })
    await card.getByLabel('Backup to bring back').setInputFiles({
      ...{ name: 'backup.json', mimeType: 'application/json' },
      buffer: backup,
    })
    await card.getByRole('button', { name: 'Show what it would change' }).click()
    const dialog = page.getByRole('dialog', { name: 'Bring this backup back?' })
    await dialog.getByText('strictTls.defaultTrustStore: bundled → none.').waitFor()
    await dialog.getByText('0 certificates added, 1 there already').waitFor()
    assert.deepEqual(await wrongInSomeLook(page), [])
    assert.equal(await visit(), 502, 'looking changes nothing')
    await dialog.getByRole('button', { name: 'Yes, restore' }).click()
    const restoring = page.getByRole('dialog', { name: 'Restoring' })
    await restoring.getByText('Version 3 is in force.').waitFor()
    await restoring.getByRole('button', { name: 'OK' }).click()
    assert.equal(await visit(), 200)
  })

  await t.test('a file that is no backup is refused with the reason', async () => {
    const card = page.getByRole('region', { name: 'Backup' })
    await card.getByLabel('Backup to bring back').setInputFiles({
      ...{ name: 'backup.json', mimeType: 'application/json' },
      buffer: Buffer.from('{"kind":"Backup"}'),
    })
    await card.getByRole('button', { name: 'Show what it would change' }).click()
    await card
      .getByRole('alert')
      .getByText(/this is no backup of Vedette: apiVersion/)
      .waitFor()
  })

  await t.test('what is asked for while the browser has no network fails, and is not kept for later', async () => {
    const { generation } = (await journey.admin.ask('status')).body
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Start fresh workers' }).click()
    const alert = page.getByRole('alert').filter({ hasText: 'Nothing was restarted' })
    await alert.getByText('The System Manager does not answer').waitFor()
    await page.locator('.menu summary').click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('alert').filter({ hasText: 'You are still signed in' }).waitFor()
    await page.locator('.menu summary').click()
    await page.context().setOffline(false)
    await page.getByText('Healthy').waitFor()
    assert.equal((await journey.admin.ask('status')).body.generation, generation)
  })

  await t.test('fresh workers take over, and no request is lost', async () => {
    const { generation, version } = (await journey.admin.ask('status')).body
    await page.getByRole('button', { name: 'Start fresh workers' }).click()
    const restarting = page.getByRole('dialog', { name: 'Restarting' })
    const visits = await Promise.all(Array.from({ length: 20 }, visit))
    assert.deepEqual(new Set(visits), new Set([200]))
    await restarting.getByText('Version 3 is in force.').waitFor()
    await restarting.getByRole('button', { name: 'OK' }).click()
    const after = (await journey.admin.ask('status')).body
    assert.deepEqual([after.generation, after.version.number], [generation + 1, version.number])
    assert.equal(await visit(), 200)
  })

  await t.test('what somebody else applies while it is looked at is not overwritten unseen', async () => {
    const card = page.getByRole('region', { name: 'Backup' })
    await card.getByLabel('Backup to bring back').setInputFiles({
      ...{ name: 'backup.json', mimeType: 'application/json' },
      buffer: backup,
    })
    await card.getByRole('button', { name: 'Show what it would change' }).click()
    const dialog = page.getByRole('dialog', { name: 'Bring this backup back?' })
    await dialog.getByRole('heading', { name: 'Policy' }).waitFor()
    const { text } = (await journey.admin.ask('policy')).body
    assert.equal((await journey.admin.apply(`${text}  sni: false\n`)).status, 200)
    await page.getByText('Version 4 in force').waitFor()
    await dialog.getByRole('button', { name: 'Yes, restore' }).click()
    await dialog.getByRole('alert').getByText('Nothing was restored').waitFor()
    assert.equal((await journey.admin.ask('status')).body.version.number, 4)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  })

  await t.test('diagnostics are one file without the password', async () => {
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download diagnostics' }).click()
    const download = await downloading
    assert.match(download.suggestedFilename(), /^vedette-diagnostics-.*\.json$/)
    assert.equal(JSON.parse(readFileSync(await download.path(), 'utf8')).kind, 'Diagnostics')
  })
})

/** What somebody at a browser behind the proxy reads of a refusal: the reason, what to do, and what the operator has to say. */
async function assertRefusalPage(
  t: Pick<TestContext, 'after'>,
  { proxyPort, url }: { readonly proxyPort: number; readonly url: string },
): Promise<void> {
  const proxy = { server: `http://127.0.0.1:${proxyPort}`, bypass: '<-loopback>' }
  const context = await (await startBrowser()).newContext({ proxy })
  const tab = await openTab(t, { context })
  const response = await tab.goto(url)
  assert.equal(response?.status(), 502)
  await tab.getByRole('heading', { name: /^The connection to good\.localhost:\d+ failed$/ }).waitFor()
  await tab.getByText(/^untrusted-issuer: /).waitFor()
  await tab.getByText('Ask ops & <net>', { exact: true }).waitFor()
}
