/**
 * A candidate version tried against every backend known, before anybody depends on it: real handshakes under both
 * snapshots, nothing of the traffic touched, no more than a few at once and no longer than a minute. What a candidate
 * would break, and whom it would newly trust, is told with the reason.
 */
import { Backends, type Known } from '../../../backend/backends.ts'
import type { Resolve } from '../../../backend/dial/name-resolver.ts'
import { parseAuthority } from '../../../policy/parse-destination.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import { Deadlines } from '../../../wire/deadlines.ts'
import type { Rehearsed } from './rehearsal-list.ts'
import { type Trial, tryDestination } from './try-destination.ts'

/** What a candidate means for one backend, the gravest first. */
export const rehearsalChanges = [
  'breaks',
  'no-longer-trusted',
  'newly-allowed',
  'newly-trusted',
  'unreachable',
  'unchanged',
] as const
export type RehearsalChange = (typeof rehearsalChanges)[number]

export interface RehearsedBackend {
  readonly backend: string
  readonly configured: boolean
  /** Under the snapshot in force; null when there is none. */
  readonly now: Trial | null
  readonly after: Trial
  readonly change: RehearsalChange
}

export interface Rehearsal {
  /** The gravest change first. */
  readonly backends: readonly RehearsedBackend[]
  readonly counts: Readonly<Record<RehearsalChange, number>>
  /** Backends for which there was no time, or which were too many. */
  readonly notTried: readonly string[]
  /** The version the candidate was held against; null when none is in force. */
  readonly against: number | null
  readonly elapsedMs: number
}

export interface RehearseOptions {
  readonly destinations: readonly Rehearsed[]
  /** The snapshot in force. */
  readonly active: Snapshot | undefined
  /** Nothing, unless it is said: then only what backends staple and send is known. */
  readonly known?: Known | undefined
  /** Told after each backend. */
  readonly progress?: (done: { readonly tried: number; readonly of: number }) => void
  readonly parallel?: number
  /** How long new trials may begin. */
  readonly patienceMs?: number
  /** Resolves names in place of the system; for tests. */
  readonly resolve?: Resolve
}

/** Rehearses a candidate. Throws an OPERATOR_ error when its TLS contexts cannot be made; backends cannot make it throw. */
export async function rehearse(candidate: Snapshot, options: RehearseOptions): Promise<Rehearsal> {
  const { destinations, active, parallel = PARALLEL, patienceMs = PATIENCE_MS, progress = () => {} } = options
  const startedMs = performance.now()
  const stage = new Stage(candidate, options)
  const waiting = destinations.slice(0, DESTINATIONS_MAX)
  const of = waiting.length
  const found: RehearsedBackend[] = []
  const work = async () => {
    while (performance.now() - startedMs < patienceMs) {
      const next = waiting.shift()
      if (next === undefined) return
      found.push(await stage.rehearseOne(next))
      progress({ tried: found.length, of })
    }
  }
  try {
    await Promise.all(Array.from({ length: parallel }, work))
  } finally {
    stage.close()
  }
  const notTried = [...waiting, ...destinations.slice(DESTINATIONS_MAX)].map(({ authority }) => authority)
  const against = active?.version ?? null
  return { backends: inOrder(found), counts: count(found), notTried, against, elapsedMs: performance.now() - startedMs }
}

/** Tells what became of a backend between two trials. */
export function changeBetween(now: Trial | null, after: Trial): RehearsalChange {
  if (after.outcome === 'unreachable' || now?.outcome === 'unreachable') return 'unreachable'
  const [before, passes] = [now === null || isPassing(now), isPassing(after)]
  if (!passes) return before ? 'breaks' : 'unchanged'
  if (now === null || now.outcome === after.outcome) return 'unchanged'
  if (after.outcome === 'trusted') return 'newly-trusted'
  return before ? 'no-longer-trusted' : 'newly-allowed'
}

function isPassing({ outcome }: Trial): boolean {
  return outcome === 'trusted' || outcome === 'allowed'
}

/** The two snapshots with their own backends, pools and contexts: nothing is shared with what carries traffic. */
class Stage {
  readonly #deadlines = new Deadlines()
  readonly #after: { readonly snapshot: Snapshot; readonly backends: Backends }
  readonly #now: { readonly snapshot: Snapshot; readonly backends: Backends } | undefined

  constructor(candidate: Snapshot, { active, resolve, known }: RehearseOptions) {
    const deadlines = this.#deadlines
    const playing = (snapshot: Snapshot) => ({
      snapshot,
      backends: new Backends({ snapshot, deadlines, resolve, ...known }),
    })
    try {
      this.#after = playing(candidate)
      this.#now = active && playing(active)
    } catch (error) {
      deadlines.close()
      throw error
    }
  }

  async rehearseOne({ authority, configured, starttls }: Rehearsed): Promise<RehearsedBackend> {
    const destination = parseAuthority(authority)
    // One after the other: a backend that minds two connections at once must not look broken.
    const now = this.#now === undefined ? null : await tryDestination(destination, { ...this.#now, starttls })
    const after = await tryDestination(destination, { ...this.#after, starttls })
    return { backend: authority, configured, now, after, change: changeBetween(now, after) }
  }

  close(): void {
    this.#after.backends.close()
    this.#now?.backends.close()
    this.#deadlines.close()
  }
}

function inOrder(found: readonly RehearsedBackend[]): readonly RehearsedBackend[] {
  const gravity = ({ change }: RehearsedBackend) => rehearsalChanges.indexOf(change)
  return found.toSorted((one, other) => gravity(one) - gravity(other) || (one.backend < other.backend ? -1 : 1))
}

function count(found: readonly RehearsedBackend[]): Rehearsal['counts'] {
  const of = (change: RehearsalChange) => found.filter((each) => each.change === change).length
  return Object.fromEntries(rehearsalChanges.map((change) => [change, of(change)])) as Rehearsal['counts']
}

const PARALLEL = 16
const PATIENCE_MS = 60_000
const DESTINATIONS_MAX = 2000
