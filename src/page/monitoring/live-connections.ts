/**
 * The connections on the screen: the newest first, each once, and never more than the screen can carry. While the list is
 * paused it stands still and only counts what has come; following again shows it.
 */
import type { Connection } from '../../admin/contract.ts'

export interface LiveConnections {
  /** Whose rows these are; undefined until there are some. */
  readonly filter: string | undefined
  readonly shown: readonly Connection[]
  /** Came while the list was paused, the newest first. */
  readonly waiting: readonly Connection[]
  /** How many more there were than were sent. */
  readonly skipped: number
  readonly isPaused: boolean
}

export type LiveStep =
  | { readonly kind: 'loaded'; readonly filter: string; readonly items: readonly Connection[] }
  /** Heard without a filter, the oldest first. */
  | { readonly kind: 'came'; readonly items: readonly Connection[]; readonly skipped: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'follow' }

export const noConnections: LiveConnections = { filter: undefined, shown: [], waiting: [], skipped: 0, isPaused: false }

/** Takes one step; a reducer. */
export function stepConnections(live: LiveConnections, step: LiveStep): LiveConnections {
  switch (step.kind) {
    case 'loaded':
      return loaded(live, step)
    case 'came':
      return came(live, step)
    case 'pause':
      return { ...live, isPaused: true }
    case 'follow':
      return { ...live, isPaused: false, shown: joinConnections(live.waiting, live.shown), waiting: [] }
  }
}

/** Another list takes the place of what is there. More of the same one joins it, and leaves alone what stands still. */
function loaded(live: LiveConnections, { filter, items }: LiveStep & { readonly kind: 'loaded' }): LiveConnections {
  // With a filter nothing is heard, only asked for.
  const heard = filter === '' ? joinConnections(live.waiting, live.shown) : []
  const joined = joinConnections(newerThan(items, heard), items)
  if (filter !== live.filter) return { ...live, filter, shown: joined, waiting: [], skipped: 0 }
  if (!live.isPaused) return { ...live, shown: joined }
  const shown = new Set(live.shown.map(({ id }) => id))
  const others = items.filter(({ id }) => !shown.has(id))
  return { ...live, waiting: joinConnections(newerThan(others, live.waiting), others) }
}

/** What was heard while the API was answering, which its answer cannot have; both lists have the newest first. */
function newerThan(items: readonly Connection[], heard: readonly Connection[]): readonly Connection[] {
  const answered = new Set(items.map(({ id }) => id))
  const common = heard.findIndex(({ id }) => answered.has(id))
  if (common !== -1) return heard.slice(0, common)
  // Nothing in common: either it is all newer, or so much has passed unheard that it is all old.
  const newestMs = items[0]?.timeMs ?? 0
  return heard.filter(({ timeMs }) => timeMs > newestMs)
}

function came(live: LiveConnections, { items, skipped }: LiveStep & { readonly kind: 'came' }): LiveConnections {
  const fresh = items.toReversed()
  // What is heard is no list yet: whose rows these are, the next answer says.
  const counted = { ...live, skipped: live.skipped + skipped }
  if (live.isPaused) return { ...counted, waiting: joinConnections(fresh, live.waiting) }
  return { ...counted, shown: joinConnections(fresh, live.shown) }
}

/** Makes one list of two, the newest first, each once, as many as the screen can carry. Of one moment the fresh stand first. */
export function joinConnections(fresh: readonly Connection[], before: readonly Connection[]): readonly Connection[] {
  const known = new Set(before.map(({ id }) => id))
  const all = [...fresh.filter(({ id }) => !known.has(id)), ...before]
  return all.sort((one, other) => other.timeMs - one.timeMs).slice(0, SHOWN_MAX)
}

/** A table of this many rows is drawn in a few milliseconds; older ones are a filter away. */
export const SHOWN_MAX = 200
