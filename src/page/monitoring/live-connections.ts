/**
 * The connections on the screen: the newest first, each once, and never more than the screen can carry. While the list is
 * paused it stands still and only counts what has come; following again shows it.
 */
import type { Connection } from '../../admin/contract.ts'

export interface LiveConnections {
  readonly shown: readonly Connection[]
  /** Came while the list was paused, the newest first. */
  readonly waiting: readonly Connection[]
  /** How many more there were than were sent. */
  readonly skipped: number
  readonly isPaused: boolean
}

export type LiveStep =
  | { readonly kind: 'loaded'; readonly items: readonly Connection[] }
  | { readonly kind: 'came'; readonly items: readonly Connection[]; readonly skipped: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'follow' }

export const noConnections: LiveConnections = { shown: [], waiting: [], skipped: 0, isPaused: false }

/** Takes one step; a reducer. */
export function stepConnections(live: LiveConnections, step: LiveStep): LiveConnections {
  switch (step.kind) {
    case 'loaded':
      return { ...live, shown: step.items.slice(0, SHOWN_MAX), waiting: [], skipped: 0 }
    case 'came':
      return came(live, step)
    case 'pause':
      return { ...live, isPaused: true }
    case 'follow':
      return { ...live, isPaused: false, shown: joinConnections(live.waiting, live.shown), waiting: [] }
  }
}

/** Events come oldest first. */
function came(live: LiveConnections, { items, skipped }: LiveStep & { readonly kind: 'came' }): LiveConnections {
  const fresh = items.toReversed()
  const counted = { ...live, skipped: live.skipped + skipped }
  if (live.isPaused) return { ...counted, waiting: joinConnections(fresh, live.waiting) }
  return { ...counted, shown: joinConnections(fresh, live.shown) }
}

/** Puts the newer in front of the older, each once, as many as the screen can carry. */
export function joinConnections(fresh: readonly Connection[], before: readonly Connection[]): readonly Connection[] {
  const known = new Set(before.map(({ id }) => id))
  return [...fresh.filter(({ id }) => !known.has(id)), ...before].slice(0, SHOWN_MAX)
}

/** A table of this many rows is drawn in a few milliseconds; older ones are a filter away. */
export const SHOWN_MAX = 200
