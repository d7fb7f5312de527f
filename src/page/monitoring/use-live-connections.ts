/**
 * The connections that a filter lets through, kept up by the stream. Only the API reads filters, so with one the news are a
 * reason to ask it again. The list without a filter is kept up meanwhile: whoever takes the filter away has it at once, and
 * the instance is not asked for what the page has heard already.
 */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useReducer, useRef } from 'react'
import type { Connection } from '../../admin/contract.ts'
import { connectionsLook } from '../api/looks.ts'
import { useStream } from '../api/stream.ts'
import { joinConnections, noConnections, stepConnections } from './live-connections.ts'

/** Follows the connections that a filter lets through, as long as the caller is shown. */
export function useLiveConnections(filter: string) {
  const client = useQueryClient()
  const [live, step] = useReducer(stepConnections, noConnections)
  const { data, refetch, error, isPending } = useQuery(connectionsLook(filter))
  const now = useRef(live)
  now.current = live
  const isFiltered = filter !== ''
  useEffect(() => {
    if (data !== undefined) step({ kind: 'loaded', filter, items: data.items })
  }, [filter, data])
  useStream('connections', ({ items, skipped }) => {
    if (!isFiltered) return step({ kind: 'came', items, skipped })
    keepUnfiltered(client, (before) => joinConnections(items.toReversed(), before))
    if (!now.current.isPaused) void refetch()
  })
  useEffect(() => {
    if (isFiltered) return
    return () => keepUnfiltered(client, () => joinConnections(now.current.waiting, now.current.shown))
  }, [client, isFiltered])
  // Nobody keeps it up from here on.
  useEffect(() => () => void client.invalidateQueries({ queryKey: ['connections'], refetchType: 'none' }), [client])
  const pause = () => step({ kind: 'pause' })
  const follow = () => {
    step({ kind: 'follow' })
    // What came meanwhile nobody has held against the filter.
    if (isFiltered) void refetch()
  }
  return { live, pause, follow, error, isPending }
}

/** Changes the list without a filter, if it is known and nothing is missing in it: to change it is to say that it is whole. */
function keepUnfiltered(client: QueryClient, next: (before: readonly Connection[]) => readonly Connection[]): void {
  const { queryKey } = connectionsLook('')
  if (client.getQueryState(queryKey)?.isInvalidated !== false) return
  client.setQueryData(queryKey, (known) => known && { ...known, items: [...next(known.items)] })
}
