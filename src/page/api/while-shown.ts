/**
 * What only serves a reader ends while nobody can see the page. A browser keeps a page that was left, in case somebody goes
 * back to it, and that page would keep its connections: a browser has six to an instance, for all its tabs.
 */

/** Begins something whenever the page comes into sight and ends it when it goes; gives what stops both. */
export function whileShown(begin: () => () => void): () => void {
  let end: (() => void) | undefined
  const show = (isShown: boolean) => {
    if (isShown) end ??= begin()
    else {
      end?.()
      end = undefined
    }
  }
  const look = () => show(document.visibilityState === 'visible')
  const leave = () => show(false)
  document.addEventListener('visibilitychange', look)
  addEventListener('pagehide', leave)
  addEventListener('pageshow', look)
  look()
  return () => {
    document.removeEventListener('visibilitychange', look)
    removeEventListener('pagehide', leave)
    removeEventListener('pageshow', look)
    leave()
  }
}
