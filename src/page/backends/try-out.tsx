import { useMutation, useQuery } from '@tanstack/react-query'
import type { Operation } from '../../admin/contract.ts'
import { ApiProblem, ask } from '../api/ask.ts'
import { operationQuery } from '../api/queries.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { PutInDraft } from './put-in-draft.tsx'
import { TrialResult } from './trial-result.tsx'

/** Tries out what a backend accepts, and says which rule would be the tightest for it. */
export function TryOut({ backend }: { readonly backend: string }) {
  const begin = useMutation({
    mutationFn: () => ask<Operation>(`/backends/${encodeURIComponent(backend)}/matrix`, { method: 'POST' }),
  })
  const { data: operation } = useQuery(operationQuery(begin.data?.id ?? ''))
  const problem = operation?.problem ?? null
  const isRunning = begin.isPending || operation?.state === 'running'
  const trial = operation?.trial ?? null
  return (
    <section aria-label="What it accepts">
      <h3>What it accepts</h3>
      <button type="button" disabled={isRunning} onClick={() => begin.mutate()}>
        {isRunning ? 'Trying…' : 'Try it out'}
      </button>
      <p className="quiet small">One handshake after the other without a request: at most 120, within a minute.</p>
      <div role="status">
        {isRunning && <p>{operation?.progress.at(-1)?.message ?? 'The first handshakes are made'}…</p>}
      </div>
      {trial !== null && <TrialResult trial={trial} />}
      {trial !== null && trial.tightest !== null && <PutInDraft {...trial} tightest={trial.tightest} />}
      {trial !== null && trial.tightest === null && <p>It accepts nothing that could be offered.</p>}
      <ProblemNote error={begin.error ?? (problem === null ? null : new ApiProblem(problem))} />
    </section>
  )
}
