import { SidecarError } from '../../errors.ts'
import type { Handlers } from '../call.ts'
import { parseFilter } from '../traffic/parse-filter.ts'
import { summarise } from '../traffic/summarise.ts'
import { pageFrom, pageWhere } from './pages.ts'

/** What passes through, as it was counted and kept. */
export const trafficHandlers: Handlers<'connections' | 'failures' | 'changeFailure' | 'summary'> = {
  async connections({ query: { limit, cursor, filter } }, { feed, now }) {
    const matches = parseFilter(filter ?? '', now())
    const page = await pageWhere(feed.connections, { limit, cursor, cursorOf: ({ id }) => id }, matches)
    return { ...page, skipped: feed.skipped }
  },
  failures: ({ query: { limit, cursor } }, { feed, now }) =>
    pageFrom(feed.failures.all(now()), { limit, cursor, cursorOf: ({ id }) => id }),
  changeFailure({ params, body, who }, { feed, now }) {
    const { state } = body
    const mutedUntilMs = state === 'muted' ? (body.mutedUntilMs ?? now() + DAY_MS) : null
    const changed = feed.failures.change(params.id ?? '', { state, mutedUntilMs, by: who.name })
    if (changed === undefined) throw new SidecarError('OPERATOR_NOT_FOUND', 'there is no such failure')
    return changed
  },
  summary: (_call, { feed, instance }) => summarise(feed.points, instance.totals()),
}

const DAY_MS = 86_400_000
