import type { RankedRow } from './ranked-rows.ts'

/** Counts with their shares of the whole. */
export function Ranked({ title, rows }: { readonly title: string; readonly rows: readonly RankedRow[] }) {
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
