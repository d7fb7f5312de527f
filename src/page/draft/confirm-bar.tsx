import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Pending, VersionHead } from '../../admin/contract.ts'
import { queries } from '../api/queries.ts'
import { Time } from '../parts/time.tsx'
import { KeepButton } from './keep-button.tsx'

/** A version that reverts by itself: how long it has left, and the button that keeps it. */
export function ConfirmBar() {
  const { data: status } = useQuery(queries.status)
  if (status?.pending === undefined || status.pending === null) return <Reverted version={status?.version ?? null} />
  return <Waiting pending={status.pending} />
}

/** A version that went by itself is said to have gone, until the reader sends the sentence away. */
function Reverted({ version }: { readonly version: VersionHead | null }) {
  const [seen, setSeen] = useState(() => Number(localStorage.getItem(seenAt)))
  if (version === null || version.source !== 'revert' || seen === version.number) return null
  const see = () => {
    localStorage.setItem(seenAt, `${version.number}`)
    setSeen(version.number)
  }
  return (
    <section className="note note-doubtful" aria-label="Reverted">
      <p>
        <strong>Reverted by itself:</strong> {version.comment}. Version {version.number}, in force since{' '}
        <Time ms={version.timeMs} />, says again what was in force before.
      </p>
      <button type="button" onClick={see}>
        Understood
      </button>
    </section>
  )
}

const seenAt = 'vedette.revert-seen'

function Waiting({ pending: { version, revertTo, deadlineMs } }: { readonly pending: Pending }) {
  const left = useSecondsLeft(deadlineMs)
  return (
    <section className="note note-doubtful" aria-label="Waiting to be kept">
      <p>
        <strong>Version {version} is on trial.</strong> Unless it is kept, version {revertTo} comes back in{' '}
        <span role="timer" className="countdown">
          {clock(left)}
        </span>
        .
      </p>
      <KeepButton version={version} />
    </section>
  )
}

function useSecondsLeft(deadlineMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  return Math.max(0, Math.ceil((deadlineMs - nowMs) / 1000))
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
