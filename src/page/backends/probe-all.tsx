import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Backend, Probe } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'
import { describeCount } from '../show/describe-amount.ts'

/** Probes the backends on the screen, a few at a time. */
export function ProbeAll({ backends }: { readonly backends: readonly Backend[] }) {
  const client = useQueryClient()
  const probing = useMutation({
    mutationFn: () => probeEach(backends.slice(0, AT_MOST).map(({ backend }) => backend)),
    onSuccess: (probes) => {
      const good = probes.filter(({ verdict }) => verdict !== null && verdict.outcome !== 'refused').length
      toast(`${describeCount(probes.length, 'backend')} probed: ${good} would be reached, ${probes.length - good} not.`)
      void client.invalidateQueries({ queryKey: ['backends'] })
    },
  })
  return (
    <>
      <button type="button" disabled={probing.isPending || backends.length === 0} onClick={() => probing.mutate()}>
        {probing.isPending ? 'Probing…' : `Probe ${describeCount(Math.min(backends.length, AT_MOST), 'backend')} now`}
      </button>
      <ProblemNote error={probing.error} />
    </>
  )
}

async function probeEach(destinations: readonly string[]): Promise<readonly Probe[]> {
  const left = [...destinations]
  const probes: Probe[] = []
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      probes.push(await ask<Probe>('/probe', { method: 'POST', body: { destination: next } }))
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
  return probes
}

const AT_MOST = 50
const SIDE_BY_SIDE = 4
