import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Backend } from '../../admin/contract.ts'
import { queries } from '../api/queries.ts'
import { BarChart } from '../chart/bar-chart.tsx'
import { Link } from '../router/link.tsx'
import { DaysLeft } from '../show/days-left.tsx'
import { byDaysLeft, expiring } from './expiring.ts'

/** Certificates by days left, and by name those that end within thirty. */
export function ExpiringCard({ backends }: { readonly backends: readonly Backend[] }) {
  const stores = useQuery(queries.trustStores)
  const nowMs = Date.now()
  const counts = useMemo(() => byDaysLeft(backends, Date.now()), [backends])
  const soon = expiring({ backends, stores: stores.data?.items ?? [] }, { nowMs, withinDays: 30 })
  return (
    <section className="card">
      <h2>Certificates</h2>
      <BarChart title="Certificates of backends by days left" counts={counts} isOrdered />
      <h3>Expiring soon</h3>
      {soon.length === 0 ? (
        <p className="quiet">None within 30 days.</p>
      ) : (
        <ul>
          {soon.map(({ what, name, endMs }) => (
            <li key={`${what} ${name}`}>
              <Link
                to={`${what === 'backend' ? '/backends?backend=' : '/trust-stores?store='}${encodeURIComponent(name)}`}
              >
                {name}
              </Link>{' '}
              <span className="quiet">{what}</span> <DaysLeft endMs={endMs} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
