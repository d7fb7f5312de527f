import { rankCounts } from './decision-series.ts'

interface RankedProps {
  readonly title: string
  readonly counts: Readonly<Record<string, number>>
  /** In the given order instead of by size. */
  readonly isOrdered?: boolean
}

/** Counts as bars with their numbers: a table whose bars only help. */
export function Ranked({ title, counts, isOrdered = false }: RankedProps) {
  const ranked = rankCounts(counts)
  const rows = isOrdered
    ? Object.keys(counts).map((name) => ranked.find((row) => row.name === name) ?? { name, count: 0, share: 0 })
    : ranked.slice(0, SHOWN_MAX)
  if (ranked.length === 0) return <p className="quiet">{title}: nothing yet.</p>
  return (
    <table className="ranked">
      <caption>{title}</caption>
      <thead className="only-heard">
        <tr>
          <th scope="col">What</th>
          <th scope="col">Share</th>
          <th scope="col">Count</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, count, share }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <meter min={0} max={1} value={share} aria-label={`Share of ${name}`} />
            </td>
            <td className="number">{count.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const SHOWN_MAX = 10
