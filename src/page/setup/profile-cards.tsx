import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import type { Edited, Operation, Policy } from '../../admin/contract.ts'
import { ApiProblem, ask } from '../api/ask.ts'
import { operationQuery, queries } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Loading } from '../parts/loading.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { type StartingPoint, startingPoints } from './profile-edits.ts'

/** Where to begin: three cards, and the policy as it is. */
export function ProfileCards({ chosen }: { readonly chosen: () => void }) {
  const policy = useQuery(queries.policy)
  const begin = useMutation({ mutationFn: apply })
  const { data: operation } = useQuery(operationQuery(begin.data?.id ?? ''))
  const done = useEffectEvent(chosen)
  useEffect(() => {
    if (operation?.state === 'done') done()
  }, [operation?.state])
  const problem = operation?.problem ?? null
  const isBusy = begin.isPending || operation?.state === 'running'
  return (
    <Answered query={policy}>
      {(inForce) => (
        <>
          <p>Everything can be changed later, under Outgoing TLS. Traffic goes on while it changes.</p>
          <div className="cards">
            {startingPoints.map((point) => (
              <section key={point.title} className="card" aria-label={point.title}>
                <h2>{point.title}</h2>
                <p>{point.says}</p>
                <button
                  type="button"
                  className="main"
                  disabled={isBusy}
                  onClick={() => begin.mutate({ policy: inForce, point })}
                >
                  Begin with {point.title}
                </button>
              </section>
            ))}
          </div>
          {isBusy && <Loading label="Bringing it into force…" />}
          <ProblemNote
            error={begin.error ?? (problem === null ? null : new ApiProblem(problem))}
            title="It is not in force"
          />
          <button type="button" disabled={isBusy} onClick={chosen}>
            Keep the policy as it is ({inForce.name})
          </button>
        </>
      )}
    </Answered>
  )
}

interface Choice {
  readonly policy: Policy
  readonly point: StartingPoint
}

async function apply({ policy, point }: Choice): Promise<Operation> {
  const edited = await ask<Edited>('/policy/edit', {
    method: 'POST',
    body: { text: policy.text, edits: [...point.edits] },
  })
  const body = { text: edited.text, comment: `first run: ${point.title}` }
  return ask<Operation>('/policy', { method: 'PUT', ifMatch: policy.etag, body })
}
