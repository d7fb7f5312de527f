/** A chart with its table twin. What draws it is fetched when a chart is first shown; the twin needs nothing. */
import { lazy, Suspense } from 'react'
import { Loading } from '../parts/loading.tsx'
import { formatClock, useTimeZone } from '../parts/time-zone.ts'
import { DataTable } from '../show/data-table.tsx'
import type { ChartData } from './chart-data.ts'

const Plot = lazy(() => import('./plot.tsx').then(({ Plot }) => ({ default: Plot })))

/** Shows rows of numbers over time, as lines and as a table. */
export function Chart({ title, data }: { readonly title: string; readonly data: ChartData }) {
  const zone = useTimeZone()
  const rows = data.times.map((time, index) => ({ time, index })).toReversed()
  return (
    <figure aria-label={title}>
      <Suspense fallback={<Loading />}>
        <Plot data={data} />
      </Suspense>
      <details>
        <summary>{title} as a table</summary>
        <DataTable
          caption={title}
          rows={rows}
          keyOf={({ time }) => `${time}`}
          columns={[
            {
              title: zone === 'utc' ? 'Time (UTC)' : 'Time (of this machine)',
              isHead: true,
              cell: ({ time }) => formatClock(time * 1000, zone),
            },
            ...data.series.map(({ name, values }) => ({
              title: name,
              isNumber: true,
              cell: ({ index }: { index: number }) => values[index] ?? '–',
            })),
            {
              title: 'Change',
              cell: ({ time }: { time: number }) => data.marks.find((mark) => mark.time === time)?.text ?? '',
            },
          ]}
        />
      </details>
    </figure>
  )
}
