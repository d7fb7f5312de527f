/**
 * The draft: a policy text somebody is working on, and the version they began from. It lives in this tab's storage, so
 * that a refresh keeps it and another tab has its own. What a text means is never decided here; the API is asked.
 */
import { useSyncExternalStore } from 'react'
import type { Edited, Policy, Session } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { checkQuery, queries } from '../api/queries.ts'
import { queryClient } from '../api/query-client.ts'
import type { Edit } from './policy-spec.ts'

export interface Draft {
  /** Who began it. */
  readonly by: string
  /** The version it was begun from. */
  readonly base: { readonly number: number; readonly etag: string; readonly text: string }
  readonly text: string
  /** What was changed, in order, to be done again on another version; null once the text was written by hand. */
  readonly edits: readonly Edit[] | null
}

const key = 'vedette.draft'
const watchers = new Set<() => void>()
let draft: Draft | null = stored()
let queue: Promise<unknown> = Promise.resolve()

/** Follows the draft; null while nothing differs from the version in force. */
export function useDraftText(): Draft | null {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => draft,
  )
}

/** Changes values, one request after the other, so that each builds on what the one before has made. */
export function edit(policy: Policy, edits: readonly Edit[]): Promise<void> {
  const next = queue.then(async () => {
    const before = draft ?? beginFrom(policy)
    const text = await edited(before.text, edits, before.base.number)
    put({ ...before, text, edits: before.edits === null ? null : [...before.edits, ...edits] })
  })
  queue = next.catch(() => {})
  return next
}

/** Takes a text that was written by hand. */
export function write(policy: Policy, text: string): void {
  put({ ...(draft ?? beginFrom(policy)), text, edits: null })
}

/** Makes the same changes to another version: the one that somebody else has brought into force meanwhile. */
export async function moveOnto(policy: Policy): Promise<void> {
  if (draft === null || draft.edits === null) return
  const text = await edited(policy.text, draft.edits, policy.version.number)
  put({ ...beginFrom(policy), text, edits: draft.edits })
}

/** Keeps the text as it is, whatever the version in force says: what somebody else changed is undone by it. */
export function insistOn(policy: Policy): void {
  if (draft !== null) put({ ...draft, base: beginFrom(policy).base, edits: null })
}

/** Forgets the draft of anybody else: who comes in next must not find, and apply, what they did not write. */
export function keepOnlyOf({ name }: Session): void {
  if (draft !== null && draft.by !== name) discard()
}

/** Forgets the draft. */
export function discard(): void {
  put(null)
}

function beginFrom({ version, etag, text }: Policy): Draft {
  const by = queryClient.getQueryData<Session | null>(queries.session.queryKey)?.name ?? ''
  return { by, base: { number: version.number, etag, text }, text, edits: [] }
}

async function edited(text: string, edits: readonly Edit[], against: number): Promise<string> {
  const body = { text, edits: [...edits], against }
  const { text: after, ...check } = await ask<Edited>('/policy/edit', { method: 'POST', body })
  queryClient.setQueryData(checkQuery({ text: after, against }).queryKey, check)
  return after
}

function put(next: Draft | null): void {
  draft = next === null || next.text === next.base.text ? null : next
  if (draft === null) sessionStorage.removeItem(key)
  else sessionStorage.setItem(key, JSON.stringify(draft))
  for (const watcher of watchers) watcher()
}

function stored(): Draft | null {
  const text = sessionStorage.getItem(key)
  return text === null ? null : (JSON.parse(text) as Draft)
}
