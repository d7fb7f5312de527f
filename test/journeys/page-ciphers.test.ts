/**
 * Goal: what the Outgoing TLS screen says of SNI, protocols and suites is what leaves in the ClientHello, and the lists
 * can be used by keyboard alone. Method: Chromium on the page of the real sidecar; the backend keeps every hello.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { closeBrowser } from '../kit/browser.ts'
import { Keyboard } from '../kit/keyboard.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

const corp = await makeTrust(['good.localhost'])
const spec = 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }\nsni: false'
const trust = { corp: corp.ca.certificate }

after(closeBrowser)

test('Enable SNI sends the name, and no other setting changes with it', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const journey = await startJourney(t, { spec, trust })
  const page = await openPage(t, journey)
  const keys = await Keyboard.only(page)
  const name = `good.localhost:${backend.port}`
  assert.equal(await journey.visit(name), 200)
  await keys.press(page.getByLabel('Enable SNI'), 'Space')
  await keys.applyDraft()
  assert.equal(await journey.visit(name), 200)
  const [before, afterwards] = backend.hellos.filter((_, index) => [0, backend.hellos.length - 1].includes(index))
  assert.deepEqual([before?.serverName, afterwards?.serverName], [undefined, 'good.localhost'])
  assert.deepEqual(before?.ciphers, afterwards?.ciphers)
})

test('custom suites by keyboard alone, reset that applies nothing, and default again', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const journey = await startJourney(t, { spec, trust })
  const page = await openPage(t, journey)
  const keys = await Keyboard.only(page)
  const offered = async () => {
    assert.equal(await journey.visit(`good.localhost:${backend.port}`), 200)
    return backend.hellos.at(-1)?.ciphers ?? []
  }
  const usual = await offered()
  assert.equal(usual[0], '1301')

  await t.test('lists are read-only under the default set, and say so', async () => {
    await page.getByText('Switch to Use Custom Configuration to edit them').waitFor()
    await keys.press(
      page
        .getByRole('listbox', { name: /^Selected/ })
        .getByRole('option')
        .first(),
      'Delete',
    )
    assert.equal(await page.getByText('unsaved change').count(), 0)
    assert.equal(await page.getByRole('button', { name: '← Remove' }).getAttribute('aria-disabled'), 'true')
  })

  await t.test('the first suite is moved down and the last one taken out, without a pointer', async () => {
    await keys.choose(page.getByLabel('Use Custom Configuration'))
    await page.getByRole('button', { name: 'Reset lists to default' }).waitFor()
    await keys.press(page.getByRole('listbox', { name: 'Selected, 9 of' }).getByRole('option').first(), 'Alt+ArrowDown')
    await page.getByText('Moved TLS_AES_128_GCM_SHA256 down, to place 2.').waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Delete')
    await page.getByText('Removed TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256. Selected now 8.').waitFor()
    assert.match(await focused(page), /^TLS_/, 'the focus stays in the list')
    assert.deepEqual(await offered(), usual, 'a draft changes nothing')
    await keys.applyDraft()
    const [first, second, ...others] = usual
    assert.deepEqual(await offered(), [second, first, ...others.slice(0, -1)])
  })

  await t.test('a suite that is added comes last; a weak one is marked', async () => {
    const weak = page.getByRole('option', { name: /^TLS_RSA_WITH_AES_128_GCM_SHA256/ })
    await weak.getByText('No forward secrecy').waitFor()
    await keys.type(page.getByLabel('Filter available'), 'ECDHE_RSA_WITH_CHACHA20')
    await keys.press(page.getByRole('listbox', { name: 'Available, 1 of' }).getByRole('option').first())
    await page.getByText('Selected now 9.').waitFor()
    const options = page.getByRole('listbox', { name: /^Selected/ }).getByRole('option')
    assert.match((await options.last().textContent()) ?? '', /^TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256.*Default/)
  })

  await t.test('Reset redraws the lists and applies nothing; Default and Apply do', async () => {
    const before = await offered()
    await keys.press(page.getByRole('button', { name: 'Reset lists to default (not applied yet)' }))
    const options = page.getByRole('listbox', { name: /^Selected/ }).getByRole('option')
    await page.getByRole('listbox', { name: /^Selected, 9 of/ }).waitFor()
    await options.first().getByText('TLS_AES_128_GCM_SHA256').waitFor()
    assert.deepEqual(await offered(), before)
    await keys.choose(page.getByLabel('Use Default Cipher Suites and Protocols (recommended)'))
    assert.deepEqual(await offered(), before)
    await keys.applyDraft()
    assert.deepEqual(await offered(), usual)
  })
})

/** The text of what has the focus. */
async function focused(page: Page): Promise<string> {
  return (await page.locator(':focus').textContent()) ?? ''
}
