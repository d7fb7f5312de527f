import { isFault, suggestFix } from '../backends/suggest-fix.ts'
import { rankCounts } from '../chart/decision-series.ts'
import { Reason } from '../parts/reason.tsx'
import { Link } from '../router/link.tsx'
import { DataTable } from '../show/data-table.tsx'

/** Why connections were refused or failed, the most frequent reason first, with what to do about each. */
export function Reasons({ reasons }: { readonly reasons: Readonly<Record<string, number>> }) {
  const rows = rankCounts(reasons)
    .filter(({ name }) => isFault(name))
    .slice(0, SHOWN_MAX)
  if (rows.length === 0) return null
  return (
    <section className="card">
      <h2>Top reasons</h2>
      <DataTable
        caption="Reasons since the instance started"
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { title: 'Reason', isHead: true, cell: ({ name }) => <Reason name={name} /> },
          {
            title: 'Count',
            isNumber: true,
            cell: ({ name, count }) => (
              <Link to={`/connections?filter=${encodeURIComponent(`reason:${name}`)}`}>
                {count.toLocaleString('en')}
              </Link>
            ),
          },
          { title: 'What to do', cell: ({ name }) => suggestFix(name) },
        ]}
      />
    </section>
  )
}

const SHOWN_MAX = 8
