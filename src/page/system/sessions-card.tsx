import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask } from '../api/ask.ts'
import { looks } from '../api/looks.ts'
import { Answered } from '../parts/answered.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Time } from '../parts/time.tsx'
import { DataTable } from '../show/data-table.tsx'

/** Open sessions, each of which can be ended: the own ones, for an admin everybody's. */
export function SessionsCard() {
  const client = useQueryClient()
  const sessions = useQuery(looks.sessions)
  const ending = useMutation({
    mutationFn: (id: string) => ask<unknown>(`/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  })
  return (
    <section className="card" aria-label="Sessions">
      <h2>Sessions</h2>
      <ProblemNote error={ending.error} />
      <Answered query={sessions}>
        {({ items }) => (
          <DataTable
            caption="Open sessions"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              { title: 'User', isHead: true, cell: ({ name, isThis }) => (isThis ? `${name} (this one)` : name) },
              { title: 'Address', cell: ({ address }) => address },
              { title: 'Browser', cell: ({ userAgent }) => userAgent },
              { title: 'Began', cell: ({ createdMs }) => <Time ms={createdMs} /> },
              { title: 'Last seen', cell: ({ seenMs }) => <Time ms={seenMs} /> },
              {
                title: 'Act',
                cell: ({ id, name, isThis }) =>
                  isThis ? null : (
                    <button type="button" aria-label={`End a session of ${name}`} onClick={() => ending.mutate(id)}>
                      End
                    </button>
                  ),
              },
            ]}
          />
        )}
      </Answered>
    </section>
  )
}
