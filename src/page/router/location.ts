/** Where the reader is: the path names the screen, the query what is shown of it, so that every view can be linked to. */
import { useMemo, useSyncExternalStore } from 'react'

export interface PageLocation {
  readonly path: string
  readonly query: URLSearchParams
}

const listeners = new Set<() => void>()

/** Goes to an address of the page; `replace` leaves no step in the browser's history. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  for (const listener of listeners) listener()
}

/** Follows the address. */
export function useLocation(): PageLocation {
  const address = useSyncExternalStore(subscribe, () => `${location.pathname}${location.search}`)
  return useMemo(() => {
    const { pathname, searchParams } = new URL(address, location.origin)
    return { path: pathname, query: searchParams }
  }, [address])
}

/** Follows what stands behind the `#`, which no browser sends to a server. */
export function useHash(): string {
  return useSyncExternalStore(subscribe, () => location.hash.slice(1))
}

/** Reads one word of the query and writes it; an empty one is left out. Writing leaves no step in the history. */
export function useQueryWord(name: string): readonly [string, (value: string) => void] {
  const { path, query } = useLocation()
  const write = (value: string) => {
    const next = new URLSearchParams(query)
    if (value === '') next.delete(name)
    else next.set(name, value)
    const search = next.toString()
    navigate(search === '' ? path : `${path}?${search}`, { replace: true })
  }
  return [query.get(name) ?? '', write]
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  window.addEventListener('hashchange', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
    window.removeEventListener('hashchange', listener)
  }
}
