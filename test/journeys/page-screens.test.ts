/**
 * Goal: every screen shows what real traffic has left behind, is fit for everybody in light, in dark, with forced colours
 * and at 320 px, and shows what hostile servers wrote as text (A8). Method: a real sidecar, real backends, real Chromium.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import type { Request } from 'playwright-core'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { closeBrowser } from '../kit/browser.ts'
import { eventually } from '../kit/eventually.ts'
import { wrongInSomeLook } from '../kit/every-look.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { applyDraft, goWithin, openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

after(closeBrowser)

const corp = await makeTrust(['good.localhost'])
const markup = '<img src=x onerror=document.title="owned">'
const hostile = await makeCertificate({ subject: markup, sans: { dns: ['evil.localhost'] } })
const suiteOfOld = 'ECDHE-ECDSA-AES256-GCM-SHA384'
/** Every address of the page, from the list that it is made of. */
const screens = Array.from(
  readFileSync(new URL('../../src/page/screens.ts', import.meta.url), 'utf8').matchAll(/\{ path: '([^']+)'/g),
  ([, path]) => path as string,
)
assert.ok(screens.length >= 11, screens.join())

const spec = 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }'

test('every screen, after a good and a hostile backend', async (t) => {
  const good = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const evil = await startBackend(t, { certificate: hostile })
  const evilName = `evil.localhost:${evil.port}`
  const journey = await startJourney(t, { spec, trust: { corp: corp.ca.certificate } })
  assert.equal(await journey.visit(`good.localhost:${good.port}`), 200)
  assert.equal(await journey.visit(evilName), 502)
  const tab = await openPage(t, journey)
  const lookAt = async (path: string) => {
    await goWithin(tab, path)
    assert.deepEqual(await wrongInSomeLook(tab), [])
    assert.equal(await tab.locator('img').count(), 0)
    assert.doesNotMatch(await tab.title(), /owned/)
  }

  await t.test('a failure is shown in the words of its log line, and a closer look shows markup as text', async () => {
    await goWithin(tab, '/failures')
    await tab.getByRole('article', { name: `${evilName}: self-signed` }).waitFor()
    const opened = tab.context().waitForEvent('page')
    await tab.getByRole('link', { name: 'self-signed' }).first().click()
    const entry = await opened
    await entry.getByRole('heading', { name: 'self-signed', exact: true }).waitFor()
    assert.match(entry.url(), /\/docs\/reasons#self-signed$/)
    assert.deepEqual(await wrongInSomeLook(entry), [])
    await entry.close()
    await tab.getByRole('link', { name: 'Backend', exact: true }).click()
    const drawer = tab.getByRole('dialog', { name: evilName })
    await drawer.locator('summary', { hasText: 'onerror=document.title' }).click()
    await drawer.getByRole('button', { name: 'Trust this…' }).waitFor()
    assert.deepEqual(await wrongInSomeLook(tab), [])
    assert.equal(await tab.locator('img').count(), 0)
    await tab.keyboard.press('Escape')
  })

  const views = [
    '/trust-stores?store=corp',
    '/outgoing-tls?view=yaml',
    '/history?view=record',
    '/history?view=rejected',
    '/nowhere',
  ]
  for (const path of [...screens, ...views]) {
    await t.test(`${path} is fit for everybody in every look`, () => lookAt(path))
  }

  await t.test(
    'what a backend accepts is tried out, and its tightest rule comes into the draft and into force',
    async () => {
      const old = await startBackend(t, { certificate: corp.leaf, tls: { maxVersion: 'TLSv1.2', ciphers: suiteOfOld } })
      const oldName = `good.localhost:${old.port}`
      assert.equal(await journey.visit(oldName), 200)
      await eventually(
        async () => (await journey.admin.ask('backend', { params: { backend: oldName } })).status === 200,
        'the sighting',
      )
      await goWithin(tab, `/backends?backend=${encodeURIComponent(oldName)}`)
      const drawer = tab.getByRole('dialog', { name: oldName })
      await drawer
        .getByRole('region', { name: 'Certificates over time' })
        .getByText(/1 handshake/)
        .waitFor()
      await drawer.getByRole('button', { name: 'Try it out' }).click()
      const row = drawer.getByRole('row', { name: /^TLSv1.2/ })
      await row.waitFor()
      assert.match((await row.textContent()) ?? '', /TLSv1\.2TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384$/)
      assert.deepEqual(await wrongInSomeLook(tab), [])
      await drawer.getByRole('button', { name: 'Put it in the draft' }).click()
      await drawer.getByRole('button', { name: 'Close' }).click()
      await applyDraft(tab)
      const { body: explained } = await journey.admin.ask('explain', { body: { destination: oldName } })
      assert.deepEqual(
        [
          explained.rule,
          explained.offer.protocols,
          explained.offer.suites.map(({ openssl }: { openssl: string }) => openssl),
        ],
        ['good.localhost', ['TLSv1.2'], [suiteOfOld]],
      )
      assert.equal(await journey.visit(oldName), 200, 'it is still reached')
      assert.equal(
        await journey.visit(`good.localhost:${good.port}`),
        200,
        'and so is the other one, under what holds for all',
      )
    },
  )

  await t.test('every column of the backends can be seen at 1280 px', async () => {
    const usual = tab.viewportSize()
    await tab.setViewportSize({ width: 1280, height: 900 })
    await goWithin(tab, '/backends')
    await tab.getByText(/^TLS_ECDHE_ECDSA_/).waitFor()
    const hidden = await tab.evaluate(
      `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.table-frame'))`,
    )
    if (usual !== null) await tab.setViewportSize(usual)
    assert.equal(hidden, 0)
  })

  await t.test('the simulator explains step by step, and probes when it is asked to', async () => {
    await goWithin(tab, `/simulator?destination=${encodeURIComponent(evilName)}`)
    await tab.getByText('vedette explain').waitFor()
    await tab.getByText(/refused for each of untrusted-issuer, .*name-mismatch/).waitFor()
    await tab.getByRole('button', { name: 'Probe it' }).click()
    await tab.getByText('Refused', { exact: true }).waitFor()
    assert.deepEqual(await wrongInSomeLook(tab), [])
  })

  await t.test('a filter stands in the address and is the API’s to read', async () => {
    await goWithin(tab, '/connections?filter=decision%3Adeny')
    await tab.getByRole('button', { name: evilName }).waitFor()
    assert.equal(await tab.getByRole('button', { name: /^good/ }).count(), 0)
    await tab.getByLabel('Filter').fill('colour:blue')
    await tab.getByLabel('Filter').press('Enter')
    await tab.getByText(/unknown word "colour:blue"/).waitFor()
    assert.match(tab.url(), /filter=colour/)
  })

  const passing = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const name = `good.localhost:${passing.port}`
  const rows = tab.getByRole('button', { name })
  const isAsked = (filter: string) => tab.waitForResponse((response) => response.url().endsWith(`limit=200${filter}`))
  const ofDenied = '&filter=decision%3Adeny'

  await t.test(
    'without the filter there is at once what came meanwhile, and nobody is asked for it again',
    async () => {
      const whole = isAsked('')
      await goWithin(tab, '/connections')
      await whole
      await tab.getByRole('button', { name: evilName }).first().waitFor()
      const asked: string[] = []
      const note = (request: Request) => void (request.url().includes('/api/') && asked.push(request.url()))
      tab.on('request', note)
      await tab.getByLabel('Filter').fill('decision:deny')
      await tab.getByLabel('Filter').press('Enter')
      await tab.getByRole('button', { name: /^good/ }).first().waitFor({ state: 'detached' })
      const again = isAsked(ofDenied)
      assert.equal(await journey.visit(name), 200)
      await again
      assert.equal(await rows.count(), 0)
      await tab.getByLabel('Filter').fill('')
      await rows.waitFor()
      tab.off('request', note)
      assert.deepEqual(
        asked.filter((url) => !url.endsWith(ofDenied)),
        [],
      )
    },
  )

  await t.test('what came while nobody listened is asked for, also where a filter stood meanwhile', async () => {
    await goWithin(tab, '/failures')
    // Heard by a listener of our own, to know that the page has heard it too, and no longer will.
    const told = `source.addEventListener('connections', ({ data }) => data.includes(':${passing.port}') && resolve(source.close()))`
    await tab.evaluate(`new Promise((open) => {
      const source = new EventSource('/api/v1/stream')
      globalThis.told = new Promise((resolve) => ${told})
      source.onopen = open
    }).then(() => {})`)
    assert.equal(await journey.visit(name), 200)
    await tab.evaluate('told')
    await goWithin(tab, '/connections?filter=decision%3Adeny')
    await tab.getByRole('button', { name: evilName }).first().waitFor()
    const again = isAsked(ofDenied)
    assert.equal(await journey.visit(name), 200)
    await again
    await tab.getByLabel('Filter').fill('')
    await rows.nth(2).waitFor()
    assert.equal(await rows.count(), 3)
  })

  await t.test('a connection is looked at closely', async () => {
    await goWithin(tab, '/connections')
    await tab.getByRole('button', { name: evilName }).click()
    await tab.getByRole('dialog').waitFor()
    assert.deepEqual(await wrongInSomeLook(tab), [])
  })

  await t.test('each chart of the overview has a table that says the same', async () => {
    await goWithin(tab, '/')
    const tables = [
      ['Decisions, every ten seconds', /allow-untrusted/],
      ['95th percentile of each phase in milliseconds', /\d/],
      ['Handshakes by protocol', /TLSv1\.3/],
      ['Handshakes by cipher suite', /TLS_AES_/],
      ['Handshakes by group', /X25519/],
      ['Certificates of backends by days left', /ended/],
    ] as const
    for (const [title, says] of tables) {
      await tab.getByText(`${title} as a table`).click()
      const chart = tab.getByRole('figure', { name: title })
      assert.match((await chart.getByRole('table').textContent()) ?? '', says, title)
      // Drawn anew whenever there are new figures: visible is what has a size.
      await chart.locator('canvas').waitFor()
    }
    await tab.getByLabel('Shown').selectOption('Median')
    await tab.getByRole('figure', { name: 'Median of each phase' }).waitFor()
    assert.deepEqual(await wrongInSomeLook(tab), [])
  })
})
