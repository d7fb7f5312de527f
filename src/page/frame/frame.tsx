/** What stands around every screen: skip link, header, navigation, what waits, and the news. */
import { Suspense, useEffect, useRef } from 'react'
import type { Session } from '../../admin/contract.ts'
import { openStream } from '../api/stream.ts'
import { ConfirmBar } from '../draft/confirm-bar.tsx'
import { PendingBar } from '../draft/pending-bar.tsx'
import { Boundary } from '../parts/boundary.tsx'
import { Loading } from '../parts/loading.tsx'
import { useTimeZone } from '../parts/time-zone.ts'
import { Toasts } from '../parts/toasts.tsx'
import { useLocation } from '../router/location.ts'
import { screenAt } from '../screens.ts'
import { SessionContext } from '../session/session-context.ts'
import { Header } from './header.tsx'
import { Nav } from './nav.tsx'
import { NotFound } from './not-found.tsx'
import { ShortcutKeys } from './shortcut-keys.tsx'

export function Frame({ session }: { readonly session: Session }) {
  const { path } = useLocation()
  const main = useFocusOnNewScreen(path)
  // Every time on the screen is written anew in the other zone.
  useTimeZone()
  useEffect(openStream, [])
  const Shown = screenAt(path)?.Screen ?? NotFound
  return (
    <SessionContext value={session}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header session={session} />
      <div className="house">
        <Nav path={path} />
        <main id="main" ref={main} tabIndex={-1}>
          <ConfirmBar />
          <Boundary key={path}>
            <Suspense fallback={<Loading />}>
              <Shown />
            </Suspense>
          </Boundary>
        </main>
      </div>
      <PendingBar />
      <Toasts />
      <ShortcutKeys />
    </SessionContext>
  )
}

/** Whoever follows a link of the navigation goes on reading at the new screen, by keyboard and by ear. */
function useFocusOnNewScreen(path: string) {
  const main = useRef<HTMLElement>(null)
  const before = useRef(path)
  useEffect(() => {
    if (before.current !== path) main.current?.focus()
    before.current = path
  }, [path])
  return main
}
