/**
 * Goal: what the Outgoing TLS screen says of SNI, protocols and suites is what leaves in the ClientHello, and the lists
 * can be used by keyboard alone. Method: Chromium on the page of the real sidecar; the backend keeps every hello.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { closeBrowser } from '../kit/browser.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { applyDraft, openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

const corp = await makeTrust(['good.localhost'])
const spec = 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }\nsni: false'
const trust = { corp: corp.ca.certificate }

after(closeBrowser)

test('Enable SNI sends the name, and no other setting changes with it', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const journey = await startJourney(t, { spec, trust })
  const page = await openPage(t, journey)
  const name = `good.localhost:${backend.port}`
  assert.equal(await journey.visit(name), 200)
  await page.getByLabel('Enable SNI').check()
  await applyDraft(page)
  assert.equal(await journey.visit(name), 200)
  const [before, afterwards] = backend.hellos.filter((_, index) => [0, backend.hellos.length - 1].includes(index))
  assert.deepEqual([before?.serverName, afterwards?.serverName], [undefined, 'good.localhost'])
  assert.deepEqual(before?.ciphers, afterwards?.ciphers)
})

test('custom suites by keyboard alone, reset that applies nothing, and default again', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const journey = await startJourney(t, { spec, trust })
  const page = await openPage(t, journey)
  const offered = async () => {
    assert.equal(await journey.visit(`good.localhost:${backend.port}`), 200)
    return backend.hellos.at(-1)?.ciphers ?? []
  }
  const usual = await offered()
  assert.equal(usual[0], '1301')

  await t.test('lists are read-only under the default set, and say so', async () => {
    await page.getByText('Switch to Use Custom Configuration to edit them').waitFor()
    await page.getByRole('listbox', { name: /^Selected/ }).focus()
    await page.keyboard.press('Delete')
    assert.equal(await page.getByText('unsaved change').count(), 0)
    assert.equal(await page.getByRole('button', { name: '← Remove' }).getAttribute('aria-disabled'), 'true')
  })

  await t.test('the first suite is moved down and the last one taken out, without a pointer', async () => {
    await page.getByLabel('Use Custom Configuration').focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Reset lists to default' }).waitFor()
    await tabTo(page, 'Selected, 9 of')
    await page.keyboard.press('Alt+ArrowDown')
    await page.getByText('Moved TLS_AES_128_GCM_SHA256 down, to place 2.').waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Delete')
    await page.getByText('Removed TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256. Selected now 8.').waitFor()
    assert.match(await focused(page), /^TLS_/, 'the focus stays in the list')
    assert.deepEqual(await offered(), usual, 'a draft changes nothing')
    await applyByKeyboard(page)
    const [first, second, ...others] = usual
    assert.deepEqual(await offered(), [second, first, ...others.slice(0, -1)])
  })

  await t.test('a suite that is added comes last; a weak one is marked', async () => {
    const weak = page.getByRole('option', { name: /^TLS_RSA_WITH_AES_128_GCM_SHA256/ })
    await weak.getByText('No forward secrecy').waitFor()
    await page.getByLabel('Filter available').fill('ECDHE_RSA_WITH_CHACHA20')
    await tabTo(page, 'Available, 1 of')
    await page.keyboard.press('Enter')
    await page.getByText('Selected now 9.').waitFor()
    const options = page.getByRole('listbox', { name: /^Selected/ }).getByRole('option')
    assert.match((await options.last().textContent()) ?? '', /^TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256.*Default/)
  })

  await t.test('Reset redraws the lists and applies nothing; Default and Apply do', async () => {
    const before = await offered()
    await page.getByRole('button', { name: 'Reset lists to default (not applied yet)' }).click()
    const options = page.getByRole('listbox', { name: /^Selected/ }).getByRole('option')
    await page.getByRole('listbox', { name: /^Selected, 9 of/ }).waitFor()
    await options.first().getByText('TLS_AES_128_GCM_SHA256').waitFor()
    assert.deepEqual(await offered(), before)
    await page.getByLabel('Use Default Cipher Suites and Protocols (recommended)').check()
    assert.deepEqual(await offered(), before)
    await applyDraft(page)
    assert.deepEqual(await offered(), usual)
  })
})

/** Goes on with Tab until the focus is inside of a list of this name. */
async function tabTo(page: Page, list: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    const inside = page.getByRole('listbox', { name: list }).locator(':focus')
    if ((await inside.count()) > 0) return
  }
  assert.fail(`no list ${list} is reached by Tab`)
}

async function applyByKeyboard(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Apply', exact: true }).focus()
  await page.keyboard.press('Enter')
  const yes = page.getByRole('button', { name: 'Yes, apply' })
  await page.getByText(/\d of \d would break/).waitFor()
  assert.equal(await yes.isEnabled(), true)
  await yes.focus()
  await page.keyboard.press('Enter')
  const ok = page.getByRole('dialog', { name: 'Applying' }).getByRole('button', { name: 'OK' })
  await page.getByText(/Version \d+ is in force\./).waitFor()
  await ok.focus()
  await page.keyboard.press('Enter')
  await ok.waitFor({ state: 'detached' })
}

/** The text of what has the focus. */
async function focused(page: Page): Promise<string> {
  return (await page.locator(':focus').textContent()) ?? ''
}
