/**
 * Goal: what operators do on the page about a server that is not trusted changes what becomes of real connections, and
 * nothing else does. Method: a real sidecar and backends, the page by keyboard alone; each step is followed by a request through the proxy.
 */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { after, test } from 'node:test'
import { closeBrowser } from '../kit/browser.ts'
import { wrongInSomeLook } from '../kit/every-look.ts'
import { Keyboard } from '../kit/keyboard.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

after(closeBrowser)

const corp = await makeTrust(['mail.localhost'])

test('a custom store is uploaded, and a backend goes from refused to trusted while a page watches', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const name = `mail.localhost:${backend.port}`
  const journey = await startJourney(t, {})
  const visit = () => journey.visit(name)
  const watching = await openPage(t, journey, { path: '/connections' })
  assert.equal(await visit(), 502)
  const rows = watching.getByRole('row').filter({ hasText: name })
  await rows.filter({ hasText: 'Denied' }).first().waitFor()

  const tab = await openPage(t, journey, { path: '/trust-stores' })
  const keys = await Keyboard.only(tab)
  await keys.press(tab.getByRole('button', { name: 'Upload certificates…' }))
  const dialog = tab.getByRole('dialog', { name: 'Upload certificates' })
  await keys.type(dialog.getByLabel('Store', { exact: true }), 'corp')
  const buffer = Buffer.from(corp.ca.certificate)
  const file = { name: 'corp.pem', mimeType: 'application/x-pem-file', buffer }
  await keys.upload(dialog.locator('input[type=file]'), file)
  assert.equal(
    await dialog.locator('form input[type=password]').count(),
    1,
    'a browser minds a password without a form',
  )
  await keys.press(dialog.getByRole('button', { name: 'Upload and look' }))
  await dialog.getByText('CN=Test CA corp').first().waitFor()
  assert.deepEqual(await wrongInSomeLook(tab), [])
  assert.equal(await visit(), 502, 'a preview trusts nothing')
  await keys.press(dialog.getByRole('button', { name: 'Trust this certificate in corp' }))
  const use = tab.getByRole('button', { name: 'Trust this store in the policy' })
  await use.waitFor()
  assert.equal(await visit(), 502, 'a store that no rule trusts changes nothing')
  await keys.press(use)
  await tab.getByRole('region', { name: 'corp', exact: true }).getByText('Trusted by').waitFor()
  assert.equal(await visit(), 200)
  await rows.filter({ hasText: 'Allowed' }).first().waitFor()
  assert.match((await watching.getByRole('row').nth(1).textContent()) ?? '', /Allowed/, 'the newest stands first')

  await t.test('who would lose trust is named before a certificate is removed', async () => {
    await keys.press(tab.getByRole('button', { name: 'CN=Test CA corp' }))
    await keys.press(tab.getByRole('button', { name: 'Remove…' }))
    const question = tab.getByRole('dialog', { name: 'Remove CN=Test CA corp?' })
    await question.getByRole('listitem').filter({ hasText: name }).waitFor()
    assert.deepEqual(await wrongInSomeLook(tab), [])
  })
})

test('from a live failure to a trusted backend, and only with the right fingerprint', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const name = `mail.localhost:${backend.port}`
  const journey = await startJourney(t, {})
  const visit = () => journey.visit(name)
  const tab = await openPage(t, journey, { path: '/failures' })
  const keys = await Keyboard.only(tab)
  assert.equal(await visit(), 502)
  const failure = tab.getByRole('article', { name: `${name}: untrusted-issuer` })
  await keys.press(failure.getByRole('link', { name: 'Backend', exact: true }))
  const drawer = tab.getByRole('dialog', { name, exact: true })
  await keys.press(drawer.locator('summary', { hasText: 'CN=Test CA corp' }))
  await keys.press(drawer.getByRole('button', { name: 'Trust this…' }))
  const question = tab.getByRole('dialog', { name: /^Trust this certificate for/ })
  const trust = question.getByRole('button', { name: 'Trust it' })
  const fingerprint = question.getByLabel('SHA-256 fingerprint, as its owner told you')
  assert.equal(await trust.isDisabled(), true, 'nobody has compared anything')
  await keys.type(fingerprint, '00'.repeat(32))
  await question.getByText('This is another certificate than the one that was shown').waitFor()
  assert.deepEqual(await wrongInSomeLook(tab), [])
  assert.equal(await trust.isDisabled(), true)
  assert.equal(await visit(), 502)
  await keys.type(fingerprint, new X509Certificate(corp.ca.certificate).fingerprint256)
  await keys.press(trust)
  await question.waitFor({ state: 'detached' })
  assert.equal(await visit(), 200)
  const { body } = await journey.admin.ask('policy')
  assert.deepEqual(body.document.spec.strictTls.customTrustStores, ['custom'])
})

test('an exception made on the page lets one backend through, and no other', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf })
  const journey = await startJourney(t, {})
  const visit = (host: string) => journey.visit(`${host}:${backend.port}`)
  assert.equal(await visit('mail.localhost'), 502)
  const tab = await openPage(t, journey, { path: '/failures' })
  await tab.getByRole('article').getByRole('button', { name: 'Create exception…' }).click()
  const form = tab.getByRole('dialog', { name: `Exception for mail.localhost:${backend.port}` })
  await form.getByLabel('untrusted-issuer').waitFor()
  assert.deepEqual(await wrongInSomeLook(tab), [])
  await form.getByLabel('Reason').fill('the authority is being replaced')
  await form.getByRole('button', { name: 'Apply the exception' }).click()
  await form.waitFor({ state: 'detached' })
  assert.deepEqual([await visit('mail.localhost'), await visit('other.localhost')], [200, 502])
})
