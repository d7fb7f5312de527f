/**
 * A real Chromium, driven through playwright-core: one process for a test file, a fresh profile for each tab that shares
 * nothing. The page under test is the built one, as the instance serves it; it is built first where it is out of date.
 */
import { execFile } from 'node:child_process'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { needTools, pathOf } from '../../bench/rig/tools.ts'

let starting: Promise<Browser> | undefined

/** Starts the browser once for the file; the tests end it with `closeBrowser`. */
export function startBrowser(): Promise<Browser> {
  starting ??= launch()
  return starting
}

/** Ends the browser of the file. */
export async function closeBrowser(): Promise<void> {
  await (await starting)?.close()
}

/** Opens a tab in a profile of its own. What the page throws, or logs as an error, fails the test that opened it. */
export async function openTab(
  t: Pick<TestContext, 'after'>,
  { context, theme = 'light', width = 1200 }: TabWish = {},
): Promise<Page> {
  const browser = await startBrowser()
  const own = context ?? (await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } }))
  const page = await own.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A refusal of the API is part of many journeys, and the browser reports each; [DOM] is how it begins advice about forms.
    const isNews = message.type() === 'error' && !message.text().startsWith('Failed to load resource')
    if (isNews || message.text().startsWith('[DOM]')) {
      complaints.push(message.text())
    }
  })
  t.after(async () => {
    await (context === undefined ? own.close() : page.close())
    if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`)
  })
  return page
}

export interface TabWish {
  /** The profile of another tab, to be signed in as there. */
  readonly context?: BrowserContext
  readonly theme?: 'light' | 'dark'
  readonly width?: number
}

async function launch(): Promise<Browser> {
  await Promise.all([needTools(['chromium']), buildPage()])
  const isRoot = process.getuid?.() === 0
  return chromium.launch({
    executablePath: pathOf('chromium') as string,
    // Chromium refuses its sandbox to root, which is who runs the tests in a container.
    args: isRoot ? ['--no-sandbox'] : [],
    // A page that was left is kept for going back to it, as in the browser of everybody; the driver would switch that off.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

async function buildPage(): Promise<void> {
  const build = fileURLToPath(new URL('../../src/page/build.ts', import.meta.url))
  await promisify(execFile)(process.execPath, [build])
}

/** Long, because a machine that runs all checks at once is slow; what fails, fails with a sentence sooner or later. */
const PATIENCE_MS = 30_000
