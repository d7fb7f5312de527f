import { useMemo, useState } from 'react'
import type { Summary } from '../../admin/contract.ts'
import { Chart } from '../chart/chart.tsx'
import { latencySeries, type Percentile } from '../chart/latency-series.ts'

/** How long each phase of reaching backends took over the last hour. */
export function LatencyCard({ summary }: { readonly summary: Summary }) {
  const [percentile, choose] = useState<Percentile>('p95Ms')
  const data = useMemo(() => latencySeries(summary, percentile), [summary, percentile])
  const isEmpty = data.series.every(({ values }) => values.every((value) => value === null))
  return (
    <section className="card">
      <h2>Time to reach backends over the last hour</h2>
      {isEmpty ? (
        <p className="quiet">Nothing was dialled yet: requests on kept connections have no phases but the last.</p>
      ) : (
        <>
          <label className="field">
            Shown
            <select value={percentile} onChange={({ target }) => choose(target.value as Percentile)}>
              <option value="p95Ms">95th percentile</option>
              <option value="p50Ms">Median</option>
            </select>
          </label>
          <Chart title={`${titles[percentile]} of each phase in milliseconds`} data={data} />
        </>
      )}
    </section>
  )
}

const titles = { p95Ms: '95th percentile', p50Ms: 'Median' } as const
