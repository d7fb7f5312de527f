/**
 * An operator without a pointer: goes with Tab to what there is, and works it with its keys. Nothing is focused from
 * outside, so whatever Tab does not reach, or reaches unseen, fails the journey; and so does a pointer that was used.
 */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

export class Keyboard {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  /** Takes the pointer away from a page that is open. */
  static async only(page: Page): Promise<Keyboard> {
    const complain = `addEventListener('pointerdown', () => console.error('a pointer was used'), true)`
    await page.addInitScript(complain)
    await page.evaluate(complain)
    return new Keyboard(page)
  }

  /** Goes to a control with Tab, or back to it, once it can be worked, and presses a key there. */
  async press(target: Locator, key = 'Enter'): Promise<void> {
    await this.#reach(target)
    await this.#page.keyboard.press(key)
  }

  /** Types a text in place of what stands in a field. */
  async type(field: Locator, text: string): Promise<void> {
    await this.press(field, 'Control+A')
    await this.#page.keyboard.type(text)
  }

  /** Picks an option of a list that opens, by the letters it begins with. */
  async pick(list: Locator, option: string): Promise<void> {
    await this.#reach(list)
    await this.#page.keyboard.type(option)
    assert.equal(await list.evaluate((each: PageElement) => each.selectedOptions?.[0]?.textContent), option)
  }

  /** Chooses among radio buttons: Tab goes to the group, arrows within it. */
  async choose(radio: Locator): Promise<void> {
    const name = await radio.getAttribute('name')
    await this.#reach(this.#page.locator(`input[type=radio][name="${name}"]:checked`))
    for (let n = 0; n < RADIOS_MAX && !(await radio.isChecked()); n += 1) await this.#page.keyboard.press('ArrowDown')
    assert.ok(await radio.isChecked())
  }

  /** Answers the question for a file that a field asks when it is worked. */
  async upload(field: Locator, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    const asked = this.#page.waitForEvent('filechooser')
    await this.press(field)
    await (await asked).setFiles(file)
  }

  /** Applies the draft: Apply, what the dialog asks for, Yes, and OK when it is in force. */
  async applyDraft(choose: () => Promise<unknown> = async () => {}): Promise<void> {
    const page = this.#page
    const bar = page.getByRole('region', { name: 'Unsaved changes' })
    await this.press(bar.getByRole('button', { name: 'Apply' }))
    await page.getByRole('dialog', { name: 'Confirm TLS settings change' }).waitFor()
    await choose()
    await this.press(page.getByRole('button', { name: 'Yes, apply' }))
    const applying = page.getByRole('dialog', { name: 'Applying' })
    await applying.getByText(/Version \d+ is in force\./).waitFor()
    await this.press(applying.getByRole('button', { name: 'OK' }))
    await applying.waitFor({ state: 'detached' })
  }

  async #reach(target: Locator): Promise<void> {
    await target.and(this.#page.locator(':not(:disabled)')).waitFor()
    const isBehind = await target.evaluate((to: PageElement) => document.activeElement.compareDocumentPosition(to) & 2)
    for (let presses = 0; presses < PRESSES_MAX; presses += 1) {
      const seen = await target.evaluate(whetherSeen)
      if (seen === false) assert.fail(`${target} has the focus, and nothing shows it`)
      if (seen) return
      await this.#page.keyboard.press(isBehind ? 'Shift+Tab' : 'Tab')
    }
    assert.fail(`${target} is not reached by ${PRESSES_MAX} times Tab`)
  }
}

/** Undefined while it is not focused; else whether the focus is drawn, on it or on the label around it. */
function whetherSeen(to: PageElement): boolean | undefined {
  if (document.activeElement !== to) return undefined
  const isDrawn = (each: PageElement | null) => {
    if (each === null) return false
    const { outlineStyle, outlineWidth } = getComputedStyle(each)
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
  }
  return isDrawn(to) || isDrawn(to.closest('label'))
}

/** What is used of the page's own world, in which the functions above run. */
interface PageElement {
  readonly textContent: string
  readonly selectedOptions?: readonly PageElement[]
  compareDocumentPosition(other: PageElement): number
  closest(selector: string): PageElement | null
}
declare const document: { readonly activeElement: PageElement }
declare const getComputedStyle: (element: PageElement) => {
  readonly outlineStyle: string
  readonly outlineWidth: string
}

const PRESSES_MAX = 150
const RADIOS_MAX = 10
