/**
 * The health of the backends whose rules ask for checks: who is due is probed under what is in force, a few at once, and
 * the last result of each is kept. Never part of readiness: an application's backend that is down is no reason to take
 * the sidecar away from all others.
 */
import { Backends, type Known } from '../backend/backends.ts'
import type { Metrics } from '../observe/metrics.ts'
import { decide } from '../policy/decide.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { Deadlines } from '../wire/deadlines.ts'
import { type BackendHealthState, type CheckWish, checkBackend } from './check-backend.ts'
import type { Log } from './outcome-record.ts'
import { rehearsalList } from './rehearsal-list.ts'

export interface BackendHealthOptions {
  readonly inForce: () => Snapshot | undefined
  readonly known: Known
  readonly metrics: Pick<Metrics, 'backendsUp' | 'tally'>
  readonly log: Log
  /** The wall clock, by default the machine's. */
  readonly now?: () => number
}

interface Watched extends CheckWish {
  readonly everyMs: number
}

export class BackendHealth {
  readonly #options: BackendHealthOptions
  readonly #now: () => number
  #states: ReadonlyMap<string, BackendHealthState> = new Map()

  constructor(options: BackendHealthOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** The last check of each backend that is still to be checked. */
  get states(): readonly BackendHealthState[] {
    return [...this.#states.values()]
  }

  /** The last check of one backend; undefined where there was none. */
  of(backend: string): BackendHealthState | undefined {
    return this.#states.get(backend)
  }

  /** Checks whoever is due; ends when all of them are done. */
  async look(): Promise<void> {
    const snapshot = this.#options.inForce()
    if (snapshot === undefined) return
    const watched = watchedIn(snapshot)
    const kept = [...this.#states].filter(([backend]) => watched.has(backend))
    this.#states = new Map(kept)
    const due = [...watched].filter(([backend, { everyMs }]) => this.#isDue(backend, everyMs))
    if (due.length > 0) await this.#checkAll(snapshot, due.slice(0, AT_ONCE_MAX))
    this.#options.metrics.backendsUp(this.states)
  }

  /** A job that runs every five seconds may be a little early; half of that is forgiven. */
  #isDue(backend: string, everyMs: number): boolean {
    const last = this.#states.get(backend)
    return last === undefined || this.#now() - last.checkedMs >= everyMs - EARLY_MS
  }

  async #checkAll(snapshot: Snapshot, due: readonly (readonly [string, Watched])[]): Promise<void> {
    const deadlines = new Deadlines()
    const backends = new Backends({ snapshot, deadlines, ...this.#options.known })
    const waiting = [...due]
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [backend, wish] = next
        this.#take({ backend, checkedMs: this.#now(), ...(await checkBackend(backends, wish)) })
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

/** Who is to be checked under a snapshot: named backends whose rule asks for it and speaks TLS. */
function watchedIn({ policy, settings }: Snapshot): ReadonlyMap<string, Watched> {
  const named = rehearsalList({ policies: [policy], services: settings.services })
  return new Map(
    named.flatMap(({ authority, starttls }) => {
      const decision = decide(policy, parseAuthority(authority))
      if (!decision.allowed || decision.rule.plaintext || decision.rule.healthCheck === undefined) return []
      const { everyMs } = decision.rule.healthCheck
      return [[authority, { decision, everyMs, starttls }] as const]
    }),
  )
}

const PARALLEL = 4
/** What is left over is due again at the next look. */
const AT_ONCE_MAX = 200
const EARLY_MS = 2500
