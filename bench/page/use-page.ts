/**
 * The Connections screen in real Chromium while everything passes, used as an operator would: it is watched, filtered and
 * paused. What the page says of itself is measured inside of it, by the browser's own clocks.
 */
import type { Page } from 'playwright-core'
import { openTab } from '../../test/kit/browser.ts'

/** What it is to use the page, in milliseconds. */
export interface Usability {
  /** The longest that the page did nothing else: what takes less than 50 ms is not told by the browser and counts as 0. */
  readonly longestTaskMs: number
  /** How late a timer of the page was at most. */
  readonly latestTimerMs: number
  /** From a keystroke to the next picture that shows it, at most. */
  readonly slowestKeyMs: number
  /** From Enter to the table that the filter asks for, at most. */
  readonly slowestFilterMs: number
  readonly rows: number
  /** How many connections the page says it was not shown, beside those it was. */
  readonly skipped: number
}

interface Admin {
  readonly url: string
  readonly cookie: string
}

/** Opens the page in a profile of its own; nothing of it is left when `close` is done. */
export async function openConnections(admin: Admin): Promise<{ page: Page; close: () => Promise<void> }> {
  const { page, close } = await freshTab(admin)
  await page.addInitScript(measuring)
  await page.goto(`${admin.url}/connections`)
  await page.locator('tbody tr').first().waitFor()
  return { page, close }
}

/** How long it takes from an address to a screen that can be worked, in a profile that has never been here. */
export async function timeToInteractive(admin: Admin): Promise<number> {
  const { page, close } = await freshTab(admin)
  try {
    const startedMs = performance.now()
    await page.goto(`${admin.url}/outgoing-tls`)
    // At every picture: the driver's own way to wait looks half a second apart after its first few looks.
    await page.evaluate(strictIsThere)
    const ms = performance.now() - startedMs
    // That it was the switch that an operator finds, by its role and its name.
    await page.getByRole('switch', { name: 'Enable Strict TLS', disabled: false }).waitFor()
    return ms
  } finally {
    await close()
  }
}

async function freshTab({ url, cookie }: Admin): Promise<{ page: Page; close: () => Promise<void> }> {
  const closing: (() => unknown)[] = []
  const page = await openTab({ after: (close) => void closing.push(close as () => unknown) })
  const [name = '', value = ''] = cookie.split('=')
  await page.context().addCookies([{ name, value, url }])
  const close = async () => {
    for (const each of closing) await each()
  }
  return { page, close }
}

/** Uses the page for so long and gives what that was like. */
export async function usePage(page: Page, ms: number): Promise<Usability> {
  await page.evaluate('measured.begin()')
  const endMs = performance.now() + ms
  let slowestFilterMs = 0
  let rows = 0
  const filter = page.getByLabel('Filter')
  const skipped = Number(
    /([\d,.\s]+) more connections?/
      .exec((await page.locator('main').textContent()) ?? '')?.[1]
      ?.replaceAll(/\D/g, '') ?? 0,
  )
  do {
    rows = Math.max(rows, await page.locator('tbody tr').count())
    await filter.pressSequentially('host:nowhere.example', { delay: TYPING_MS })
    slowestFilterMs = Math.max(
      slowestFilterMs,
      await timed(filter.press('Enter'), () => page.getByText('No connection fits.').waitFor()),
    )
    await filter.fill('')
    await page.locator('tbody tr').first().waitFor()
    await page.waitForTimeout(Math.max(0, Math.min(WATCHING_MS, endMs - performance.now())))
  } while (performance.now() < endMs)
  const own = (await page.evaluate('measured.end()')) as Omit<Usability, 'slowestFilterMs' | 'rows' | 'skipped'>
  return { ...own, slowestFilterMs, rows, skipped }
}

async function timed(begin: Promise<unknown>, end: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await Promise.all([begin, end()])
  return performance.now() - startedMs
}

/** Resolves with the picture that has the switch of Outgoing TLS. */
const strictIsThere = `new Promise((resolve, reject) => {
  const isIt = (one) => [...one.labels].some((label) => label.textContent.includes('Enable Strict TLS')) && one.checkVisibility()
  const look = () => {
    if ([...document.querySelectorAll('[role=switch]:enabled')].some(isIt)) requestAnimationFrame(resolve)
    else if (performance.now() < 30_000) requestAnimationFrame(look)
    else reject(new Error('there is no switch to enable strict TLS after 30 s'))
  }
  look()
}).then(() => {})`

/** Runs in the page: long tasks and slow events as the browser tells them, and a timer that sees how late it is. */
const measuring = `window.measured = {
  begin() { Object.assign(this, { longestTaskMs: 0, latestTimerMs: 0, slowestKeyMs: 0, dueMs: performance.now() + 50 }) },
  end() { const { longestTaskMs, latestTimerMs, slowestKeyMs } = this; return { longestTaskMs, latestTimerMs, slowestKeyMs } },
}
measured.begin()
const most = (name, list) => { for (const { duration } of list.getEntries()) measured[name] = Math.max(measured[name], duration) }
new PerformanceObserver((list) => most('longestTaskMs', list)).observe({ type: 'longtask' })
new PerformanceObserver((list) => most('slowestKeyMs', list)).observe({ type: 'event', durationThreshold: 16 })
setInterval(() => {
  const now = performance.now()
  measured.latestTimerMs = Math.max(measured.latestTimerMs, now - measured.dueMs)
  measured.dueMs = now + 50
}, 50)`

const TYPING_MS = 30
/** How long the table is left to move by itself between two filters. */
const WATCHING_MS = 1500
