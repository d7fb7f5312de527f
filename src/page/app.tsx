/** The page as a whole: who is not signed in sees the door, everybody else the house. */
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { queries } from './api/queries.ts'
import { askForSession } from './api/query-client.ts'
import { whileAttended } from './api/while-attended.ts'
import { Frame } from './frame/frame.tsx'
import { Loading } from './parts/loading.tsx'
import { useHash, useLocation } from './router/location.ts'
import { SignIn } from './session/sign-in.tsx'

const SetUp = lazy(() => import('./setup/set-up.tsx').then(({ SetUp }) => ({ default: SetUp })))

export function App() {
  const { path } = useLocation()
  // Whoever brings a one-time link has no session to be asked for, and a refusal would stand in the browser's log.
  const isInvited = useHash().startsWith('token=') && path === '/setup'
  useEffect(() => whileAttended(askForSession), [])
  const { data: session, isPending } = useQuery({ ...queries.session, enabled: !isInvited })
  if (path === '/setup') {
    return (
      <Suspense fallback={<Loading />}>
        <SetUp session={session ?? null} />
      </Suspense>
    )
  }
  if (isPending) return <Loading />
  return session === null || session === undefined ? <SignIn /> : <Frame key={session.name} session={session} />
}
