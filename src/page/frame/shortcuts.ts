/**
 * The keys of the whole page, all of them single signs. They act outside of fields and dialogs only, and can be turned off,
 * because whoever dictates to the machine types signs without meaning them (WCAG 2.1.4).
 */

/** What a key does. */
export interface Shortcut {
  readonly key: string
  readonly says: string
}

export const shortcuts: readonly Shortcut[] = [
  { key: '?', says: 'shows this sheet' },
  { key: '/', says: 'goes to the filter of a screen that has one' },
]

/** Finds the shortcut that a key press means here; undefined where it means something else. */
export function shortcutFor(event: KeyboardEvent): Shortcut['key'] | undefined {
  const { key, target, ctrlKey, metaKey, altKey } = event
  if (ctrlKey || metaKey || altKey || !areShortcutsOn()) return undefined
  const isBusy = target instanceof Element && target.closest(busyPlaces) !== null
  return isBusy ? undefined : shortcuts.find((each) => each.key === key)?.key
}

/** Puts the focus into the filter of the screen. */
export function focusFilter(): void {
  document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus()
}

/** Tells whether the keys act; they do unless somebody has turned them off in this browser. */
export function areShortcutsOn(): boolean {
  return localStorage.getItem(storedAt) !== 'off'
}

/** Turns the keys on or off, and remembers it. */
export function turnShortcuts(isOn: boolean): void {
  localStorage.setItem(storedAt, isOn ? 'on' : 'off')
}

const storedAt = 'vedette.shortcuts'
/** Where signs are typed, or where something else has the floor. */
const busyPlaces = 'input, textarea, select, [contenteditable], dialog, [role="dialog"], [role="listbox"]'
