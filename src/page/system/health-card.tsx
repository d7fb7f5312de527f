import { useQuery } from '@tanstack/react-query'
import { looks } from '../api/looks.ts'
import { Answered } from '../parts/answered.tsx'
import { DataTable } from '../show/data-table.tsx'
import { Outcome } from '../show/outcome.tsx'

/** What the health endpoints say, check by check. */
export function HealthCard() {
  const health = useQuery(looks.health)
  return (
    <section className="card" aria-label="Health">
      <h2>Health</h2>
      <Answered query={health}>
        {({ checks }) => (
          <DataTable
            caption="Health checks"
            rows={checks}
            keyOf={({ name }) => name}
            columns={[
              { title: 'Check', isHead: true, cell: ({ name }) => name },
              { title: 'Result', cell: ({ ok }) => <Outcome outcome={ok ? 'ok' : 'failing'} /> },
              { title: 'Detail', cell: ({ detail }) => detail || '–' },
            ]}
          />
        )}
      </Answered>
    </section>
  )
}
