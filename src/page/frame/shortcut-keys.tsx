import { lazy, Suspense, useEffect, useState } from 'react'
import { focusFilter, shortcutFor } from './shortcuts.ts'

const ShortcutSheet = lazy(() =>
  import('./shortcut-sheet.tsx').then(({ ShortcutSheet }) => ({ default: ShortcutSheet })),
)

let openSheet = () => {}

/** Opens the sheet from anywhere, for those who do not use the keys. */
export function showShortcuts(): void {
  openSheet()
}

/** Listens to the keys of the whole page, and shows the sheet of them. */
export function ShortcutKeys() {
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    openSheet = () => setShown(true)
    const press = (event: KeyboardEvent) => {
      const key = shortcutFor(event)
      if (key === undefined) return
      // A browser that searches the page by a key of its own would search for nothing.
      event.preventDefault()
      if (key === '/') focusFilter()
      else setShown(true)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  if (!isShown) return null
  return (
    <Suspense fallback={null}>
      <ShortcutSheet close={() => setShown(false)} />
    </Suspense>
  )
}
