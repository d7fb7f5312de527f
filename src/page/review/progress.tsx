import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import type { Operation, Stage } from '../../admin/contract.ts'
import { ApiProblem } from '../api/ask.ts'
import { operationQuery, queries } from '../api/queries.ts'
import { KeepButton } from '../draft/keep-button.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'

interface ProgressProps {
  readonly operation: Operation
  readonly close: () => void
  /** Called once, when it has come into force. */
  readonly applied?: () => void
}

/** Follows a change to its end: what has been done, what drains, and what came of it. */
export function Progress({ operation: begun, close, applied = () => {} }: ProgressProps) {
  const { data: operation = begun } = useQuery({ ...operationQuery(begun.id), initialData: begun })
  const reached = new Set(operation.progress.map(({ stage }) => stage))
  const [isKnown, setKnown] = useState(false)
  const isOver = operation.state === 'failed' || isKnown
  const client = useQueryClient()
  const settle = useEffectEvent(async () => {
    // What comes next begins from the new version, so the page has to know it before the dialog can be closed.
    await client.refetchQueries({ queryKey: ['policy'] })
    applied()
    setKnown(true)
  })
  useEffect(() => {
    if (operation.state === 'done') void settle()
  }, [operation.state])
  return (
    <>
      <ol className="stages" aria-label="Progress">
        {stages.map(([stage, says]) => (
          <li key={stage} className={reached.has(stage) || operation.state === 'done' ? 'reached' : ''}>
            {says}
            <span className="only-heard">{reached.has(stage) || operation.state === 'done' ? ': done' : ''}</span>
          </li>
        ))}
      </ol>
      <div role="status">
        {operation.state === 'done' && <Outcome operation={operation} />}
        {operation.state === 'running' && <p>Traffic goes on meanwhile.</p>}
      </div>
      {operation.problem !== null && (
        <ProblemNote error={new ApiProblem(operation.problem)} title="Not applied: the version before stays in force" />
      )}
      <div className="row">
        <button type="button" className="main" disabled={!isOver} onClick={close}>
          OK
        </button>
      </div>
    </>
  )
}

function Outcome({ operation: { applied } }: { readonly operation: Operation }) {
  const draining = useDraining()
  const { data: status } = useQuery(queries.status)
  if (applied === null) return <p>Done.</p>
  const now = status?.version
  // It came into force while this stood open, and went again.
  if (now?.source === 'revert' && now.number > applied.version) {
    return (
      <p className="doubtful">
        <strong>Version {now.number} is in force:</strong> {now.comment}.
      </p>
    )
  }
  return (
    <>
      <p>
        <strong>
          {applied.unchanged ? 'Nothing had to change: ' : ''}Version {applied.version} is in force.
        </strong>{' '}
        {draining === 0 ? 'Nothing runs under an earlier version.' : `Draining: ${draining} still open.`}
      </p>
      {applied.pending !== undefined && (
        <>
          <p className="doubtful">
            It is on trial: version {applied.pending.revertTo} comes back by itself unless it is kept.
          </p>
          <KeepButton version={applied.version} />
        </>
      )}
      {applied.warnings.length > 0 && (
        <ul>
          {applied.warnings.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** How many requests and tunnels still run under versions before. */
function useDraining(): number {
  const { data: status } = useQuery(queries.status)
  const workers = (status?.generations ?? [])
    .filter(({ state }) => state === 'draining')
    .flatMap((each) => each.workers)
  return workers.reduce((sum, { load }) => sum + load.requests + load.tunnels, 0)
}

const stages: readonly (readonly [Stage, string])[] = [
  ['validated', 'Validated'],
  ['provisioned', 'Trust stores and TLS settings built'],
  ['tests-passed', 'Policy tests passed'],
  ['started', 'New workers started'],
  ['swapped', 'Swapped: new connections run under it'],
]
