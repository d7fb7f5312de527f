import type { Session } from '../../admin/contract.ts'
import { queries } from '../api/queries.ts'
import { queryClient } from '../api/query-client.ts'
import { keepOnlyOf } from '../draft/draft.ts'

/**
 * Forgets what was drafted by anybody else, and what was shown, as soon as somebody is signed in who was not: by the door, by
 * a one-time link, or in another tab, which has the same cookie. Before anything is drawn for them.
 */
export function keepToOneUser(): void {
  let here: string | undefined
  const [key] = queries.session.queryKey
  queryClient.getQueryCache().subscribe(({ query, type }) => {
    if (type !== 'updated' || query.queryKey[0] !== key) return
    const session = query.state.data as Session | null | undefined
    if (session?.name === here) return
    here = session?.name
    if (!session) return
    keepOnlyOf(session)
    queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== key })
  })
}
