import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApplyRequest, Operation } from '../../admin/contract.ts'
import { ApiProblem, ask } from '../api/ask.ts'
import type { Draft } from '../draft/draft.ts'
import type { DraftView } from '../draft/use-draft.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { CommentField, ConfirmChoice, ConnectionsChoice, RefusalChoice } from './apply-choices.tsx'
import { Changes } from './changes.tsx'
import { RehearsalReport } from './rehearsal-report.tsx'
import { useRehearsal } from './use-rehearsal.ts'

interface ReviewProps {
  readonly view: DraftView
  readonly draft: Draft
  readonly follow: (operation: Operation) => void
  readonly close: () => void
}

/** What is about to change, what would break, and how it is to come into force. */
export function Review({ view: { check }, draft, follow, close }: ReviewProps) {
  const client = useQueryClient()
  const [connections, setConnections] = useState<'drain' | 'cut'>('drain')
  const [comment, setComment] = useState('')
  const [withinMs, setWithinMs] = useState(0)
  const [refusals, setRefusals] = useState(0)
  const [typed, setTyped] = useState('')
  const rehearsal = useRehearsal(draft.text, check.valid)
  const breaking = rehearsal.result?.counts.breaks ?? 0
  const apply = useMutation({
    mutationFn: (body: ApplyRequest) => ask<Operation>('/policy', { method: 'PUT', body, ifMatch: draft.base.etag }),
    onSuccess: follow,
    onError: (error) => {
      // Somebody else was first: once their version is known, both changes are shown side by side.
      if (error instanceof ApiProblem && error.problem.status === 412) {
        void client.invalidateQueries({ queryKey: ['policy'] })
      }
    },
  })
  const isReady = check.valid && !rehearsal.isRunning && (breaking === 0 || typed === `${breaking}`)
  const send = () => {
    const trial = withinMs === 0 ? {} : { confirmWithinMs: withinMs }
    const watch = withinMs === 0 || refusals === 0 ? {} : { revertOnRefusals: refusals }
    apply.mutate({ text: draft.text, comment, connections, ...trial, ...watch })
  }
  return (
    <>
      <Changes check={check} />
      <RehearsalReport rehearsal={rehearsal} />
      <div className="choices">
        <ConnectionsChoice value={connections} choose={setConnections} />
        <div>
          <ConfirmChoice value={withinMs} choose={setWithinMs} />
          {withinMs > 0 && <RefusalChoice value={refusals} choose={setRefusals} />}
          <CommentField value={comment} write={setComment} />
        </div>
      </div>
      {breaking > 0 && (
        <label className="field bad">
          Type {breaking} to apply although {breaking === 1 ? 'one backend' : `${breaking} backends`} would break
          <input inputMode="numeric" value={typed} onChange={({ target }) => setTyped(target.value)} />
        </label>
      )}
      <ProblemNote error={apply.error} title="Nothing was applied" />
      <div className="row">
        <button type="button" className="main" disabled={!isReady || apply.isPending} onClick={send}>
          Yes, apply
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
        {rehearsal.isRunning && (
          <button type="button" onClick={rehearsal.skip}>
            Do not wait for the rehearsal
          </button>
        )}
      </div>
    </>
  )
}
