import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Confirmed } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { queries } from '../api/queries.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'
import { useMay } from '../session/session-context.ts'

/** Keeps a version that is on trial; says so where it no longer is. */
export function KeepButton({ version }: { readonly version: number }) {
  const client = useQueryClient()
  const mayKeep = useMay('operator')
  const { data: status } = useQuery(queries.status)
  const keep = useMutation({
    mutationFn: () => ask<Confirmed>('/policy/confirm', { method: 'POST' }),
    onSuccess: () => {
      toast(`Version ${version} is kept`)
      void client.invalidateQueries({ queryKey: ['status'] })
    },
  })
  if (keep.isSuccess) return <p className="good">Version {version} is kept.</p>
  const isOver = status?.pending === null && status.version !== null && status.version.number >= version
  if (isOver) return <p>Its trial is over.</p>
  return (
    <>
      <button type="button" className="main" disabled={!mayKeep || keep.isPending} onClick={() => keep.mutate()}>
        Keep version {version}
      </button>
      <ProblemNote error={keep.error} title="It was not kept" />
    </>
  )
}
