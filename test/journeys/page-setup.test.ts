/**
 * Goal: the first minute of a newcomer, from the one-time link to the first connection. Method: as in the other journeys
 * over the page: Chromium, by keyboard alone, the real sidecar, a real backend.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { adminPassword } from '../kit/admin-client.ts'
import { closeBrowser, openTab } from '../kit/browser.ts'
import { wrongInSomeLook } from '../kit/every-look.ts'
import { Keyboard } from '../kit/keyboard.ts'
import { startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

const own = await makeCertificate({ subject: 'own', sans: { dns: ['own.localhost'] } })

after(closeBrowser)

test('the one-time link leads to an admin, a policy in force, and the first connection', async (t) => {
  const backend = await startBackend(t, { certificate: own })
  const spec = 'strictTls: { enabled: true }\nsni: true'
  const { url, token, visit } = await startJourney(t, { spec }, { isSetUp: false })
  const page = await openTab(t)
  const name = `own.localhost:${backend.port}`

  const refused: string[] = []
  page.on('response', (response) => void (response.status() === 401 && refused.push(response.url())))
  await page.goto(`${url}/setup#token=${token}`)
  const keys = await Keyboard.only(page)
  await keys.type(page.getByLabel('Name'), 'dana')
  await keys.type(page.getByLabel('Password', { exact: true }), 'short')
  await page.getByText('Too short').waitFor()
  assert.deepEqual(await wrongInSomeLook(page), [])
  await keys.press(page.getByLabel('Show what is typed'), 'Space')
  assert.equal(await page.locator('input[type=password]').count(), 0)
  await keys.press(page.getByLabel('Show what is typed'), 'Space')
  await keys.type(page.getByLabel('Password', { exact: true }), adminPassword)
  await keys.press(page.getByRole('button', { name: 'Make the account' }))

  await page.getByRole('heading', { name: 'Choose where to begin' }).waitFor()
  assert.deepEqual(refused, [])
  assert.ok(!page.url().includes(token), 'the token is gone from the address')
  assert.deepEqual(await wrongInSomeLook(page), [])
  await keys.press(page.getByRole('button', { name: 'Begin with Sentry-compatible' }))

  await page.getByText('Waiting for the first connection…').waitFor()
  await page.getByText(/export HTTPS_PROXY=http:\/\/127\.0\.0\.1:\d+/).waitFor()
  assert.deepEqual(await wrongInSomeLook(page), [])
  assert.equal(await visit(name), 200, 'nobody is verified under this profile')
  const arrived = page.getByRole('status')
  await arrived.getByText('Connections arrive.').waitFor()
  assert.match((await arrived.textContent()) ?? '', new RegExp(`to ${name}: Allowed`))
  assert.equal(await page.getByText('No application at hand?').count(), 0)
  assert.equal(await visit('gone.localhost:1'), 502)
  await arrived.getByRole('link', { name: 'What to do' }).waitFor()
  assert.match((await arrived.textContent()) ?? '', /to gone\.localhost:1: Failed/)
  assert.deepEqual(
    backend.handshakes.map(({ protocol, sni }) => [protocol, sni]),
    [['TLSv1.2', undefined]],
  )

  await keys.press(page.getByRole('link', { name: 'Open the System Manager' }))
  await page.getByText('Version 2 in force').waitFor()
  await keys.press(page.locator('summary', { hasText: 'dana' }))
  await keys.press(page.getByRole('button', { name: 'Sign out' }))
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  assert.deepEqual(await wrongInSomeLook(page), [])
  await keys.type(page.getByLabel('Name'), 'dana')
  await keys.type(page.getByLabel('Password'), 'not the password')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('name or password is wrong').waitFor()
  await keys.type(page.getByLabel('Password'), adminPassword)
  await keys.press(page.getByRole('button', { name: 'Sign in' }))
  await page.getByText('Version 2 in force').waitFor()

  const thief = await openTab(t)
  await thief.goto(`${url}/setup`)
  await thief.getByText('This page takes the one-time link').waitFor()
  await thief.goto(`${url}/setup#token=${token}`)
  await thief.getByLabel('Name').fill('thief')
  await thief.getByLabel('Password', { exact: true }).fill(adminPassword)
  await thief.getByRole('button', { name: 'Make the account' }).click()
  await thief.getByRole('alert').getByText('this link was used').waitFor()
})
