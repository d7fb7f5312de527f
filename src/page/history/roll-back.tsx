import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operation, RollbackRequest, VersionHead } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { queries } from '../api/queries.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { CommentField, ConnectionsChoice } from '../review/apply-choices.tsx'
import { Progress } from '../review/progress.tsx'
import { Comparison } from './comparison.tsx'

interface RollBackProps {
  readonly version: VersionHead
  readonly close: () => void
}

/** Brings an earlier version back, as a new one, after showing what that changes. */
export function RollBack({ version: { number }, close }: RollBackProps) {
  const { data: policy } = useQuery(queries.policy)
  const [connections, setConnections] = useState<'drain' | 'cut'>('drain')
  const [comment, setComment] = useState('')
  const goBack = useMutation({
    mutationFn: (body: RollbackRequest) =>
      ask<Operation>('/policy/rollback', { method: 'POST', body, ifMatch: policy?.etag ?? '' }),
  })
  if (goBack.data !== undefined) {
    return (
      <Dialog title={`Rolling back to version ${number}`} close={close} isFixed>
        <Progress operation={goBack.data} close={close} />
      </Dialog>
    )
  }
  return (
    <Dialog title={`Roll back to version ${number}?`} close={close}>
      {policy !== undefined && <Comparison from={policy.version.number} to={number} />}
      <ConnectionsChoice value={connections} choose={setConnections} />
      <CommentField value={comment} write={setComment} />
      <ProblemNote error={goBack.error} title="Nothing was rolled back" />
      <div className="row">
        <button
          type="button"
          className="main"
          disabled={policy === undefined || goBack.isPending}
          onClick={() => goBack.mutate({ version: number, comment, connections })}
        >
          Yes, roll back
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </Dialog>
  )
}
