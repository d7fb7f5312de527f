/** Takes out one file with what the instance was told, and brings such a file back: shown first, applied when asked to. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operation, RestorePreview, RestoreRequest } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { queries } from '../api/queries.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Time } from '../parts/time.tsx'
import { CommentField, ConnectionsChoice } from '../review/apply-choices.tsx'
import { Progress } from '../review/progress.tsx'
import { RestoreChanges } from './restore-changes.tsx'

export function BackupCard() {
  const [file, setFile] = useState<File | null>(null)
  const looking = useMutation({
    mutationFn: (backup: File) => ask<RestorePreview>('/restore', { method: 'POST', body: backup }),
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
      {looking.data !== undefined && <Restore preview={looking.data} close={looking.reset} />}
    </section>
  )
}

interface RestoreProps {
  readonly preview: RestorePreview
  readonly close: () => void
}

function Restore({ preview, close }: RestoreProps) {
  const { data: policy } = useQuery(queries.policy)
  const [connections, setConnections] = useState<'drain' | 'cut'>('drain')
  const [comment, setComment] = useState('')
  const restoring = useMutation({
    mutationFn: (body: RestoreRequest) =>
      ask<Operation>(`/restore/${preview.digest}`, { method: 'POST', body, ifMatch: policy?.etag ?? '' }),
  })
  if (restoring.data !== undefined) {
    return (
      <Dialog title="Restoring" close={close} isFixed>
        <Progress operation={restoring.data} close={close} />
      </Dialog>
    )
  }
  return (
    <Dialog title="Bring this backup back?" close={close}>
      <p>
        Made <Time ms={preview.madeMs} /> by Vedette {preview.product}, when version {preview.policy.number} of{' '}
        {preview.policy.author} was in force.
      </p>
      <RestoreChanges preview={preview} />
      <ConnectionsChoice value={connections} choose={setConnections} />
      <CommentField value={comment} write={setComment} />
      <ProblemNote error={restoring.error} title="Nothing was restored" />
      <div className="row">
        <button
          type="button"
          className="main"
          disabled={!preview.policy.valid || policy === undefined || restoring.isPending}
          onClick={() => restoring.mutate({ comment, connections })}
        >
          Yes, restore
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </Dialog>
  )
}
