import { useMutation } from '@tanstack/react-query'
import type { Operation } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Progress } from '../review/progress.tsx'

/** Starts fresh workers, as a change would, without a change. */
export function RestartCard() {
  const restarting = useMutation({ mutationFn: () => ask<Operation>('/restart', { method: 'POST' }) })
  return (
    <section className="card" aria-label="Restart">
      <h2>Restart</h2>
      <p>
        Fresh workers take over, under what settings and policy file say now, and the old ones finish what they began,
        at most for <code>timeouts.drain</code>. No request is lost. The instance as a whole is stopped and started by
        whoever runs it.
      </p>
      <button type="button" disabled={restarting.isPending} onClick={() => restarting.mutate()}>
        Start fresh workers
      </button>
      <ProblemNote error={restarting.error} title="Nothing was restarted" />
      {restarting.data !== undefined && (
        <Dialog title="Restarting" close={restarting.reset} isFixed>
          <Progress operation={restarting.data} close={restarting.reset} />
        </Dialog>
      )}
    </section>
  )
}
