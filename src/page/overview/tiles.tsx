import type { Summary } from '../../admin/contract.ts'
import { sumDecisions } from '../chart/decision-series.ts'
import { Link } from '../router/link.tsx'

/** The last hour in four numbers, each leading to the connections it counts. */
export function Tiles({ summary }: { readonly summary: Summary }) {
  const sums = sumDecisions(summary)
  return (
    <ul className="cards bare-list">
      {tiles.map(({ title, decision }) => (
        <li key={decision} className="card tile">
          <Link to={`/connections?filter=${encodeURIComponent(`decision:${decision} since:1h`)}`}>{title}</Link>
          <strong>{(sums[decision] ?? 0).toLocaleString('en')}</strong>
          <span className="quiet">in the last hour</span>
          <span className="quiet small second-line">{perMinute(summary, decision)} a minute now</span>
        </li>
      ))}
    </ul>
  )
}

/** From the last minute, six points. */
function perMinute({ points }: Summary, decision: string): number {
  return points.slice(-6).reduce((sum, { decisions }) => sum + (decisions[decision] ?? 0), 0)
}

const tiles = [
  { title: 'Allowed', decision: 'allow' },
  { title: 'Allowed, untrusted', decision: 'allow-untrusted' },
  { title: 'Denied', decision: 'deny' },
  { title: 'Failed', decision: 'error' },
] as const
