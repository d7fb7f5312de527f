/**
 * The stream of what happens, opened once for the whole page. What it says of status and operations goes straight into
 * what the page knows; a new version makes the page forget what it knew of the old one.
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { StreamEvents } from '../../admin/contract.ts'
import { queries } from './queries.ts'
import { queryClient } from './query-client.ts'

type Name = keyof StreamEvents
type Listener<N extends Name> = (data: StreamEvents[N]) => void

const names: readonly Name[] = ['status', 'operation', 'event', 'connections', 'failures', 'signed-out']
const listeners = new Map<Name, Set<Listener<Name>>>(names.map((name) => [name, new Set()]))
const watchers = new Set<() => void>()
let isOpen = false

/** Opens the stream; gives what closes it. */
export function openStream(): () => void {
  const source = new EventSource('/api/v1/stream')
  const setOpen = (open: boolean) => {
    isOpen = open
    for (const watcher of watchers) watcher()
  }
  source.onopen = () => setOpen(true)
  source.onerror = () => setOpen(false)
  for (const name of names) {
    source.addEventListener(name, ({ data }) => {
      const value = JSON.parse(data) as StreamEvents[Name]
      take(name, value)
      for (const listener of listeners.get(name) ?? []) listener(value)
    })
  }
  return () => {
    source.close()
    setOpen(false)
  }
}

/** Calls the listener with every event of a name, as long as the caller is shown. */
export function useStream<N extends Name>(name: N, listener: Listener<N>): void {
  const heard = useEffectEvent(listener)
  useEffect(() => {
    const own: Listener<Name> = (data) => heard(data as StreamEvents[N])
    listeners.get(name)?.add(own)
    return () => void listeners.get(name)?.delete(own)
  }, [name])
}

/** Tells whether news comes in at the moment. */
export function useIsStreamOpen(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => isOpen,
  )
}

function take(name: Name, data: StreamEvents[Name]): void {
  if (name === 'status') takeStatus(data as StreamEvents['status'])
  if (name === 'operation') {
    const operation = data as StreamEvents['operation']
    queryClient.setQueryData(['operation', operation.id], operation)
  }
  if (name === 'signed-out') queryClient.setQueryData(['session'], null)
}

function takeStatus(status: StreamEvents['status']): void {
  const before = queryClient.getQueryData<StreamEvents['status']>(['status'])
  queryClient.setQueryData(['status'], status)
  if (before?.lastRejection?.timeMs !== status.lastRejection?.timeMs) {
    void queryClient.invalidateQueries({ queryKey: queries.rejections.queryKey })
  }
  if (before !== undefined && before.version?.number === status.version?.number) return
  for (const key of versionedKeys) void queryClient.invalidateQueries({ queryKey: [key] })
}

/** What means something else under another version. */
const versionedKeys = ['policy', 'versions', 'truststores', 'backends', 'exceptions', 'audit']
