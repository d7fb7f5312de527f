/**
 * What is on the screen, in every look that somebody may need: light, dark, with forced colours, and 320 px wide. Nothing
 * serious by axe, nothing too small to be hit, nothing wider than the window that does not scroll by itself, and nothing gone that was there before.
 */
import type { Page } from 'playwright-core'
import { seriousFindings } from './page-journey.ts'

/** Says what is wrong with what is open, each with its look; leaves the page as it was. */
export async function wrongInSomeLook(page: Page): Promise<string[]> {
  const wrong: string[] = []
  const note = (look: string, findings: readonly string[]) => wrong.push(...findings.map((each) => `${look}: ${each}`))
  note('light', [...(await seriousFindings(page)), ...(await textsOf(page, tooSmall))])
  await page.evaluate(`window.shownBefore = ${shown}`)
  // Colours are all that is another in the dark, and more than colours nobody may touch where they are forced.
  await page.emulateMedia({ colorScheme: 'dark' })
  note('dark', await seriousFindings(page, ['color-contrast']))
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' })
  note('forced colours', [...(await seriousFindings(page, ['color-contrast'])), ...(await textsOf(page, lost))])
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' })
  const viewport = page.viewportSize() ?? { width: 1200, height: 900 }
  await page.setViewportSize({ ...viewport, width: NARROW })
  await page.evaluate(drawn)
  note(`${NARROW} px`, [...(await textsOf(page, tooWide)), ...(await textsOf(page, lost))])
  await page.setViewportSize(viewport)
  return wrong
}

async function textsOf(page: Page, expression: string): Promise<string[]> {
  return (await page.evaluate(expression)) as string[]
}

// These run in the browser, whose globals are not those of the tests.

/** Until what answers to a new size has done so, and has been drawn. */
const drawn = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))))'

/** Whatever can be read or worked, and is there to be seen. */
const shown = `[...document.querySelectorAll('h1, h2, h3, a[href], button, input, select, textarea, summary, th, td, dt, dd, p')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && each.getBoundingClientRect().width > 0)`

/** What was there and is not any more; what has been taken out of the document meanwhile was news. */
const lost = `(() => { const now = new Set(${shown}); return window.shownBefore
  .filter((each) => each.isConnected && !now.has(each))
  .map((each) => 'lost: ' + each.outerHTML.slice(0, 120)) })()`

/** What is pressed and cannot be hit (WCAG 2.5.8); a link within a sentence may be as small as its words. */
const tooSmall = `[...document.querySelectorAll('button, summary, select, textarea, input:not([type=checkbox], [type=radio]), nav a')]
  .filter((each) => each.checkVisibility())
  .filter((each) => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < 24)
  .map((each) => 'under 24 px: ' + each.outerHTML.slice(0, 120))`

/** What reaches beyond the window and is not inside something that scrolls by itself. */
const tooWide = `[
  ...(document.documentElement.scrollWidth > innerWidth ? ['the page is ' + document.documentElement.scrollWidth + ' px wide'] : []),
  ...[...document.querySelectorAll('main *, dialog *')]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && each.closest('.table-frame, .scroll, pre, .only-heard') === null)
    .map((each) => 'too wide: ' + each.outerHTML.slice(0, 120)),
]`

const NARROW = 320
