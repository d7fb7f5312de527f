/**
 * One stream for all tabs of a browser. Who holds the lock has the stream and passes on what it says; the others wait for the
 * lock, which the browser hands on when a tab lets go of it, is closed or dies. Where there are no locks (a page that came
 * over plain HTTP from another machine) every tab has a stream of its own.
 */
import type { StreamEvents } from '../../admin/contract.ts'
import { type Listening, type NewsName, openSource } from './open-source.ts'

/** What tabs tell each other: what was heard, whether news come in, and the question of one that has just come. */
type Said =
  | { readonly kind: 'heard'; readonly name: NewsName; readonly data: StreamEvents[NewsName] }
  | { readonly kind: 'open'; readonly isOpen: boolean }
  | { readonly kind: 'asks' }

/** Listens together with the other tabs; gives what leaves them. */
export function shareSource(listening: Listening): () => void {
  if (navigator.locks === undefined) return openSource(listening)
  const channel = new BroadcastChannel(sharedAs)
  const leaving = new AbortController()
  const { signal } = leaving
  /** Whether news come in, known by the one that has the stream alone. */
  let mine: boolean | undefined
  const say = (said: Said) => channel.postMessage(said)
  channel.onmessage = ({ data: said }: MessageEvent<Said>) => {
    if (said.kind === 'asks') {
      if (mine !== undefined) say({ kind: 'open', isOpen: mine })
    } else if (said.kind === 'open') listening.setOpen(said.isOpen)
    else listening.hear(said.name, said.data)
  }
  say({ kind: 'asks' })
  const setOpen = (isOpen: boolean) => {
    mine = isOpen
    say({ kind: 'open', isOpen })
    listening.setOpen(isOpen)
  }
  const hear: Listening['hear'] = (name, data) => {
    say({ kind: 'heard', name, data })
    listening.hear(name, data)
  }
  const lead = async () => {
    if (signal.aborted) return
    const left = Promise.withResolvers<void>()
    // Between two streams something may have been missed, which all have to know.
    setOpen(false)
    const close = openSource({ ...listening, hear, setOpen })
    signal.addEventListener('abort', () => {
      close()
      left.resolve()
    })
    await left.promise
  }
  navigator.locks.request(sharedAs, { signal }, lead).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return () => {
    leaving.abort()
    channel.close()
  }
}

const sharedAs = 'vedette.stream'
