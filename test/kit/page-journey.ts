/**
 * What every journey over the page begins with: the real sidecar, real backends, and a tab that is signed in. What a
 * journey asserts in the end is what a request through the proxy gets, not what the page says about it.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { AdminClient, adminPassword } from './admin-client.ts'
import { openTab, type TabWish } from './browser.ts'
import { requestThrough } from './keep-alive-load.ts'
import { type Sidecar, type SidecarWish, startSidecar } from './start-sidecar.ts'

export interface Journey {
  readonly sidecar: Sidecar
  /** Where the System Manager is. */
  readonly url: string
  readonly token: string
  /** An admin who uses the API, for what the journey is not about. */
  readonly admin: AdminClient
  /** The status that a request to a backend gets through the proxy. */
  visit(authority: string): Promise<number>
}

/** Starts the sidecar with its first admin made, unless the journey is about that. */
export async function startJourney(
  t: Pick<TestContext, 'after'>,
  wish: SidecarWish,
  { isSetUp = true }: { readonly isSetUp?: boolean } = {},
): Promise<Journey> {
  const sidecar = await startSidecar(t, wish)
  const link = /(http:\/\/\S+)\/setup#token=(\S+)/
  await sidecar.until(() => link.test(sidecar.messages))
  const [, url = '', token = ''] = link.exec(sidecar.messages) ?? []
  const admin = new AdminClient(url)
  if (isSetUp) {
    const { status } = await admin.ask('setUp', { body: { token, name: 'admin', password: adminPassword } })
    assert.equal(status, 201)
  }
  const visit = async (authority: string) =>
    (await requestThrough(sidecar.proxyPort, `https://${authority}/`, { agent: false })).status
  return { sidecar, url, token, admin, visit }
}

/** Opens a tab that is signed in as the admin. */
export async function openPage(
  t: Pick<TestContext, 'after'>,
  { url, admin }: Journey,
  { path = '/outgoing-tls', ...wish }: TabWish & { readonly path?: string } = {},
): Promise<Page> {
  const page = await openTab(t, wish)
  const [name = '', value = ''] = admin.cookie.split('=')
  await page.context().addCookies([{ name, value, url }])
  await page.goto(`${url}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

/** Tells with the failure of a test what was on the screen then, and in how many tabs of its browser. */
export function tellWhatIsShown(t: Pick<TestContext, 'after' | 'passed' | 'diagnostic'>, page: Page): void {
  t.after(async () => {
    if (t.passed) return
    const state =
      '[document.visibilityState, navigator.onLine, JSON.stringify(await navigator.locks.query())].join(" ")'
    t.diagnostic(`${page.context().pages().length} tabs, ${await page.evaluate(`(async () => ${state})()`)}`)
    t.diagnostic(await page.locator('body').ariaSnapshot())
  })
}

/** Goes to an address within a page that is open, and waits until there is nothing left to fetch. */
export async function goWithin(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
  )
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('main:not(:has(.loading))').waitFor()
}

/** Applies the draft: Apply, what the dialog asks for, Yes, and OK when it is in force. */
export async function applyDraft(page: Page, choose: () => Promise<unknown> = async () => {}): Promise<void> {
  await page.getByRole('region', { name: 'Unsaved changes' }).getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('dialog', { name: 'Confirm TLS settings change' }).waitFor()
  await choose()
  await page.getByRole('button', { name: 'Yes, apply' }).click()
  const applying = page.getByRole('dialog', { name: 'Applying' })
  await applying.getByText(/Version \d+ is in force\./).waitFor()
  await applying.getByRole('button', { name: 'OK' }).click()
  await applying.waitFor({ state: 'detached' })
}

/** Finds what axe calls serious or critical, each with one of the elements it is about; by some of its rules, or by all. */
export async function seriousFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source)
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) }
  // This runs in the browser, whose globals are not those of the tests.
  const result = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as AxeResults
  return result.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}, ${nodes.length} times: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)
}
