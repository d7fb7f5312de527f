/** Failures counted together by backend and reason, with what was done about them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Failure, FailureChange } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { looks } from '../api/looks.ts'
import { useStream } from '../api/stream.ts'
import { ExceptionForm } from '../backends/exception-form.tsx'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Screen } from '../parts/screen.tsx'
import { Link } from '../router/link.tsx'
import { useQueryWord } from '../router/location.ts'
import { useMay } from '../session/session-context.ts'
import { FailureCard } from './failure-card.tsx'
import '../styles/looks.css'

export function FailuresScreen() {
  const client = useQueryClient()
  const failures = useQuery(looks.failures)
  const [state, setState] = useQueryWord('state')
  const [excepted, except] = useState<Failure>()
  const mayChange = useMay('operator')
  useStream('failures', () => void client.invalidateQueries({ queryKey: ['failures'] }))
  const changing = useMutation({
    mutationFn: ({ id, ...body }: FailureChange & { readonly id: string }) =>
      ask<Failure>(`/failures/${encodeURIComponent(id)}`, { method: 'PATCH', body }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['failures'] }),
  })
  return (
    <Screen title="Failures">
      <label className="field looks-filter">
        State
        <select value={state} onChange={({ target }) => setState(target.value)}>
          <option value="">All</option>
          <option value="open">Open</option>
          <option value="acknowledged">Acknowledged</option>
          <option value="muted">Muted</option>
        </select>
      </label>
      <ProblemNote error={changing.error} />
      <Answered query={failures}>
        {({ items }) => {
          const shown = items.filter((failure) => state === '' || failure.state === state)
          if (shown.length === 0) {
            return (
              <Empty title="No failure of this kind since the instance started.">
                <p>
                  <Link to="/connections">Connections</Link> shows what passes.
                </p>
              </Empty>
            )
          }
          return (
            <ul className="bare-list">
              {shown.map((failure) => (
                <li key={failure.id}>
                  <FailureCard
                    failure={failure}
                    onChange={mayChange ? (to) => changing.mutate({ id: failure.id, state: to }) : undefined}
                    onExcept={mayChange ? () => except(failure) : undefined}
                  />
                </li>
              ))}
            </ul>
          )
        }}
      </Answered>
      {excepted !== undefined && (
        <ExceptionForm
          backend={excepted.backend}
          found={[excepted.reason]}
          spkiSha256={excepted.spkiSha256}
          onClose={() => except(undefined)}
        />
      )}
    </Screen>
  )
}
