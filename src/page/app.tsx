/** The page as a whole. */
import { useEffect, useState } from 'react'
import type { Session } from '../admin/contract.ts'
import { ask } from './api/ask.ts'

export function App() {
  const [session, setSession] = useState<Session>()
  useEffect(() => {
    ask<Session>('/session').then(setSession, () => setSession(undefined))
  }, [])
  return (
    <main>
      <h1>Vedette System Manager</h1>
      <p>{session === undefined ? 'Nobody is signed in.' : `Signed in as ${session.name}.`}</p>
    </main>
  )
}
