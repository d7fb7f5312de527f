/**
 * The stream of what happens, heard by the whole page for as long as somebody can see it. What it says of status and
 * operations goes straight into what the page knows; a new version makes the page forget what it knew of the old one, and
 * a time without news makes it ask for everything that it shows again.
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { StreamEvents } from '../../admin/contract.ts'
import type { NewsName } from './open-source.ts'
import { queries } from './queries.ts'
import { askForSession, queryClient } from './query-client.ts'
import { shareSource } from './share-source.ts'
import { whileShown } from './while-shown.ts'

type Listener<N extends NewsName> = (data: StreamEvents[N]) => void

const listeners = new Map<NewsName, Set<Listener<NewsName>>>()
const watchers = new Set<() => void>()
let isOpen = false

/** Opens the stream; gives what closes it. */
export function openStream(): () => void {
  // A page that is only now being fetched knows all there is, unless it was fetched out of sight.
  let mayHaveMissed = document.visibilityState !== 'visible'
  const setOpen = (next: boolean) => {
    if (next === isOpen) return
    isOpen = next
    for (const watcher of watchers) watcher()
    if (!next) return
    if (mayHaveMissed) void queryClient.invalidateQueries()
    mayHaveMissed = true
  }
  const hear = (name: NewsName, data: StreamEvents[NewsName]) => {
    take(name, data)
    for (const listener of listeners.get(name) ?? []) listener(data)
  }
  return whileShown(() => {
    const leave = shareSource({ hear, setOpen, onRefused: askForSession })
    return () => {
      leave()
      setOpen(false)
    }
  })
}

/** Calls the listener with every event of a name, as long as the caller is shown. */
export function useStream<N extends NewsName>(name: N, listener: Listener<N>): void {
  const heard = useEffectEvent(listener)
  useEffect(() => {
    const own: Listener<NewsName> = (data) => heard(data as StreamEvents[N])
    const ofName = listeners.get(name) ?? new Set()
    listeners.set(name, ofName.add(own))
    return () => void ofName.delete(own)
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

function take(name: NewsName, data: StreamEvents[NewsName]): void {
  if (name === 'status') takeStatus(data as StreamEvents['status'])
  if (name === 'operation') {
    const operation = data as StreamEvents['operation']
    queryClient.setQueryData(['operation', operation.id], operation)
  }
  // Somebody may have come in again meanwhile, in another tab.
  if (name === 'signed-out') askForSession()
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
