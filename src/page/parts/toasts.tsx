/**
 * Short news that nobody has to act upon: it is said politely, stays for a while, and can be sent away. What failed is
 * never said here alone; it stands where it was tried.
 */
import { useSyncExternalStore } from 'react'

interface Toast {
  readonly id: number
  readonly text: string
}

let toasts: readonly Toast[] = []
let last = 0
const watchers = new Set<() => void>()

/** Says something. */
export function toast(text: string): void {
  last += 1
  const id = last
  put([...toasts, { id, text }])
  setTimeout(() => dismiss(id), SHOWN_MS)
}

/** The place where news is shown; one for the page. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => toasts,
  )
  return (
    <div className="toasts" role="status" aria-label="News">
      {shown.map(({ id, text }) => (
        <div key={id} className="toast">
          <span>{text}</span>
          <button type="button" className="bare" aria-label={`Dismiss: ${text}`} onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  )
}

function dismiss(id: number): void {
  put(toasts.filter((each) => each.id !== id))
}

function put(next: readonly Toast[]): void {
  toasts = next
  for (const watcher of watchers) watcher()
}

const SHOWN_MS = 8000
