/** The first run: the one-time link makes an admin, who chooses where to begin and sees the first connection arrive. */
import { type ReactNode, useEffect, useState } from 'react'
import type { Session } from '../../admin/contract.ts'
import { openStream } from '../api/stream.ts'
import { useHash } from '../router/location.ts'
import { FirstAdmin } from './first-admin.tsx'
import { FirstConnection } from './first-connection.tsx'
import { ProfileCards } from './profile-cards.tsx'
import './setup.css'

export function SetUp({ session }: { readonly session: Session | null }) {
  const [isChosen, setChosen] = useState(false)
  // A link for another admin (setup --recover) means what it says, also where somebody is signed in.
  const hasToken = useHash().startsWith('token=')
  if (session === null || hasToken) {
    return (
      <Step number={1} title="Make the first account">
        <FirstAdmin />
      </Step>
    )
  }
  return <SignedIn key={session.name} {...{ isChosen, setChosen }} />
}

interface SignedInProps {
  readonly isChosen: boolean
  readonly setChosen: (chosen: boolean) => void
}

function SignedIn({ isChosen, setChosen }: SignedInProps) {
  useEffect(openStream, [])
  if (!isChosen) {
    return (
      <Step number={2} title="Choose where to begin">
        <ProfileCards chosen={() => setChosen(true)} />
      </Step>
    )
  }
  return (
    <Step number={3} title="Send an application through it">
      <FirstConnection />
    </Step>
  )
}

function Step({ number, title, children }: { readonly number: number; readonly title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} – Vedette System Manager`
  }, [title])
  return (
    <main className="setup">
      <p className="quiet">Vedette System Manager, step {number} of 3</p>
      <h1>{title}</h1>
      {children}
    </main>
  )
}
