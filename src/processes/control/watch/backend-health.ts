/**
 * The health of backends: who is due is probed under what is in force, a few at once and never at one stroke, and the last
 * result of each is kept. Never part of readiness: an application's backend that is down is no reason to take the sidecar
 * away from all others.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Backends, type Known } from '../../../backend/backends.ts'
import type { Metrics } from '../../../observe/metrics.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import { Deadlines } from '../../../wire/deadlines.ts'
import type { Log } from '../versions/outcome-record.ts'
import { type BackendHealthState, checkBackend } from './check-backend.ts'
import { type Watched, watchedBackends } from './watched-backends.ts'

export interface BackendHealthOptions {
  readonly inForce: () => Snapshot | undefined
  /** Authorities that traffic met lately, the latest first. */
  readonly seen: () => readonly string[]
  readonly known: Known
  readonly metrics: Pick<Metrics, 'backendsUp' | 'tally'>
  readonly log: Log
  /** The wall clock, by default the machine's. */
  readonly now?: () => number
  /** From 0 to below 1, by default by chance: what keeps many instances from probing at one stroke. */
  readonly chance?: () => number
}

/** When a backend is to be checked for the first time, and how much sooner than its time again. */
interface Timing {
  readonly firstMs: number
  readonly share: number
}

export class BackendHealth {
  readonly #options: BackendHealthOptions
  readonly #now: () => number
  readonly #chance: () => number
  #states: ReadonlyMap<string, BackendHealthState> = new Map()
  #timings: ReadonlyMap<string, Timing> = new Map()

  constructor(options: BackendHealthOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#chance = options.chance ?? Math.random
  }

  /** The last check of each backend that is still to be checked. */
  get states(): readonly BackendHealthState[] {
    return [...this.#states.values()]
  }

  /** The last check of one backend; undefined where there was none. */
  of(backend: string): BackendHealthState | undefined {
    return this.#states.get(backend)
  }

  /** Who is to be checked under what is in force. */
  get watched(): ReadonlyMap<string, Watched> {
    const snapshot = this.#options.inForce()
    return snapshot === undefined ? new Map() : watchedBackends(snapshot, this.#options.seen)
  }

  /** Checks whoever is due; ends when all of them are done. */
  async look(): Promise<void> {
    const snapshot = this.#options.inForce()
    if (snapshot === undefined) return
    const { watched } = this
    this.#keepOnly(watched)
    const due = [...watched]
      .filter(([backend, { everyMs }]) => this.#isDue(backend, everyMs))
      // Those that wait for longest come first, so that nobody is passed over where there are too many.
      .toSorted(([one], [other]) => this.#lastMs(one) - this.#lastMs(other))
    if (due.length > 0) await this.#checkAll(snapshot, due.slice(0, AT_ONCE_MAX))
    this.#options.metrics.backendsUp(
      this.states.map((state) => ({ ...state, isNamed: watched.get(state.backend)?.isNamed === true })),
    )
  }

  #keepOnly(watched: ReadonlyMap<string, Watched>): void {
    this.#states = new Map([...this.#states].filter(([backend]) => watched.has(backend)))
    const [nowMs, chance] = [this.#now(), this.#chance]
    const fresh = (everyMs: number): Timing => ({
      firstMs: nowMs + chance() * Math.min(everyMs * FIRST_SHARE, FIRST_WITHIN_MS),
      share: chance() * EARLY_SHARE,
    })
    this.#timings = new Map(
      [...watched].map(([backend, { everyMs }]) => [backend, this.#timings.get(backend) ?? fresh(everyMs)]),
    )
  }

  #isDue(backend: string, everyMs: number): boolean {
    const { firstMs, share } = this.#timings.get(backend) as Timing
    const last = this.#states.get(backend)
    // A job that runs every five seconds may be a little early; half of that is forgiven.
    const dueMs = last === undefined ? firstMs : last.checkedMs + everyMs * (1 - share) - EARLY_MS
    return this.#now() >= dueMs
  }

  #lastMs(backend: string): number {
    return this.#states.get(backend)?.checkedMs ?? 0
  }

  async #checkAll(snapshot: Snapshot, due: readonly (readonly [string, Watched])[]): Promise<void> {
    const deadlines = new Deadlines()
    const ends = new Map<string, number>()
    const backends = new Backends({
      ...{ snapshot, deadlines, ...this.#options.known },
      witness: ({ destination, notAfterMs }) => ends.set(destination.authority, notAfterMs),
    })
    const waiting = [...due]
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await pause(this.#chance() * PAUSE_MAX_MS)
        const [backend, wish] = next
        const checked = await checkBackend(backends, wish)
        const endMs = ends.get(backend) ?? Number.POSITIVE_INFINITY
        const notAfterMs = Number.isFinite(endMs) ? endMs : null
        this.#take({ backend, checkedMs: this.#now(), notAfterMs, ...checked })
      }
    }
    try {
      await Promise.all(Array.from({ length: PARALLEL }, work))
    } finally {
      backends.close()
      deadlines.close()
    }
  }

  #take(state: BackendHealthState): void {
    const { backend, ok, detail, sni } = state
    const { metrics, log } = this.#options
    const before = this.#states.get(backend)
    this.#states = new Map(this.#states).set(backend, state)
    metrics.tally.counter('backend_health_checks_total', { result: ok ? 'ok' : 'fail' }).add(1)
    if (!ok && before?.ok !== false)
      log('backend.failing', `${backend} fails its health check: ${detail}`, { backend, sni })
    if (ok && before?.ok === false) log('backend.recovered', `${backend} passes its health check again`, { backend })
  }
}

const PARALLEL = 4
/** Before each handshake at most, by chance: four at a time make about twenty in a second. */
const PAUSE_MAX_MS = 400
/** What is left over is due again at the next look. */
const AT_ONCE_MAX = 100
const EARLY_MS = 2500
/** Instances that start together do not begin together: in the first part of the time, as far as somebody would wait. */
const FIRST_SHARE = 0.2
const FIRST_WITHIN_MS = 10_000
/** Nor do they go on together. */
const EARLY_SHARE = 0.1
