import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Probe } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { describeSni } from './describe-sni.ts'
import { ProbeResult } from './probe-result.tsx'

/** One verifying handshake made now, and a second one the other way about SNI, so that a picky backend is recognised. */
export function ProbeNow({ destination }: { readonly destination: string }) {
  const client = useQueryClient()
  const probe = useMutation({
    mutationFn: () => ask<Probe>('/probe', { method: 'POST', body: { destination } }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['backends'] }),
  })
  const compare = useMutation({
    mutationFn: async () => {
      const [withName, without] = await Promise.all(
        [true, false].map((sni) => ask<Probe>('/probe', { method: 'POST', body: { destination, sni } })),
      )
      return describeSni(withName as Probe, without as Probe)
    },
  })
  return (
    <section aria-label="Probe">
      <p className="row">
        <button type="button" disabled={probe.isPending} onClick={() => probe.mutate()}>
          {probe.isPending ? 'Probing…' : 'Probe now'}
        </button>
        <button type="button" disabled={compare.isPending} onClick={() => compare.mutate()}>
          {compare.isPending ? 'Comparing…' : 'Compare with and without SNI'}
        </button>
      </p>
      <div role="status">
        {probe.data && <ProbeResult probe={probe.data} />}
        {compare.data && <p>{compare.data}</p>}
      </div>
      <ProblemNote error={probe.error ?? compare.error} />
    </section>
  )
}
