/** Takes out one file with what the instance was told, and brings such a file back: shown first, applied when asked to. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operation, Policy, RestorePreview } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Time } from '../parts/time.tsx'
import { countErrors } from '../review/changes.tsx'
import { Progress } from '../review/progress.tsx'
import { Review } from '../review/review.tsx'
import { RestoreChanges } from './restore-changes.tsx'

export function BackupCard() {
  const [file, setFile] = useState<File | null>(null)
  const looking = useMutation({
    mutationFn: async (backup: File): Promise<Looked> => {
      // Asked first: what somebody applies after that is a conflict, whether or not this page has heard of it.
      const { etag } = await ask<Policy>('/policy')
      return { etag, preview: await ask<RestorePreview>('/restore', { method: 'POST', body: backup }) }
    },
  })
  return (
    <section className="card" aria-label="Backup">
      <h2>Backup and restore</h2>
      <p>
        One file with the policy and the versions before it, the trust stores, and the settings to be read. No key pair,
        no user and no password is in it.
      </p>
      <p>
        <a href="/api/v1/backup" download>
          Download a backup
        </a>
      </p>
      <p className="row">
        <label className="field">
          Backup to bring back
          <input type="file" accept=".json" onChange={({ target }) => setFile(target.files?.[0] ?? null)} />
        </label>
        <button
          type="button"
          disabled={file === null || looking.isPending}
          onClick={() => file !== null && looking.mutate(file)}
        >
          Show what it would change
        </button>
      </p>
      <ProblemNote error={looking.error} title="The file was not taken" />
      {looking.data !== undefined && <Restore looked={looking.data} close={looking.reset} />}
    </section>
  )
}

/** What a backup would change, and in which version. */
interface Looked {
  readonly preview: RestorePreview
  readonly etag: string
}

interface RestoreProps {
  readonly looked: Looked
  readonly close: () => void
}

function Restore({ looked: { preview, etag }, close }: RestoreProps) {
  const [operation, follow] = useState<Operation | null>(null)
  if (operation !== null) {
    return (
      <Dialog title="Restoring" close={close} isFixed>
        <Progress operation={operation} close={close} />
      </Dialog>
    )
  }
  const { madeMs, product, policy } = preview
  return (
    <Dialog title="Bring this backup back?" close={close}>
      <Review
        text={policy.text}
        errors={countErrors(policy)}
        words={{ yes: 'Yes, restore', failed: 'Nothing was restored' }}
        send={(how) => ask<Operation>(`/restore/${preview.digest}`, { method: 'POST', body: how, ifMatch: etag })}
        follow={follow}
        close={close}
      >
        <p>
          Made <Time ms={madeMs} /> by Vedette {product}, when version {policy.number} of {policy.author} was in force.
        </p>
        <RestoreChanges preview={preview} />
      </Review>
    </Dialog>
  )
}
