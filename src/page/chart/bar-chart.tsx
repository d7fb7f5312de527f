import { lazy, Suspense, useMemo } from 'react'
import { Loading } from '../parts/loading.tsx'
import { Ranked } from './ranked.tsx'
import { rankedRows } from './ranked-rows.ts'

const Bars = lazy(() => import('./bars.tsx').then(({ Bars }) => ({ default: Bars })))

interface BarChartProps {
  readonly title: string
  readonly counts: Readonly<Record<string, number>>
  /** In the given order instead of by size. */
  readonly isOrdered?: boolean
}

/** Counts as bars, with their table twin. */
export function BarChart({ title, counts, isOrdered = false }: BarChartProps) {
  const rows = useMemo(() => rankedRows(counts, isOrdered), [counts, isOrdered])
  if (rows.length === 0) return <p className="quiet">{title}: nothing yet.</p>
  return (
    <figure aria-label={title}>
      <figcaption>{title}</figcaption>
      <Suspense fallback={<Loading />}>
        <Bars rows={rows} />
      </Suspense>
      <details>
        <summary>{title} as a table</summary>
        <Ranked title={title} rows={rows} />
      </details>
    </figure>
  )
}
