/** The stream as the browser gives it: parsed, and asked for again also where the browser would give up. */
import type { StreamEvents } from '../../admin/contract.ts'

/** The name of an event on the stream. */
export type NewsName = keyof StreamEvents

/** Who hears the stream. */
export interface Listening {
  readonly hear: (name: NewsName, data: StreamEvents[NewsName]) => void
  /** News come in from now on, or no longer. */
  readonly setOpen: (isOpen: boolean) => void
  /** The instance answered and gave no stream: the session is over, or as many watch as may. */
  readonly onRefused: () => void
}

/** Opens a stream of this page's own; gives what closes it. */
export function openSource({ hear, setOpen, onRefused }: Listening): () => void {
  let source: EventSource
  let again: ReturnType<typeof setTimeout>
  const open = () => {
    source = new EventSource('/api/v1/stream')
    source.onopen = () => setOpen(true)
    source.onerror = () => {
      setOpen(false)
      // What broke off the browser mends by itself; after a refusal it never asks again.
      if (source.readyState !== EventSource.CLOSED) return
      onRefused()
      again = setTimeout(open, REFUSED_MS)
    }
    for (const name of names) {
      source.addEventListener(name, ({ data }) => hear(name, JSON.parse(data) as StreamEvents[NewsName]))
    }
  }
  open()
  return () => {
    clearTimeout(again)
    source.close()
  }
}

const names: readonly NewsName[] = ['status', 'operation', 'event', 'connections', 'failures', 'signed-out']
const REFUSED_MS = 3000
