/**
 * What this room needs of the instance it is the door of. The composition root implements it and passes it in, so that
 * nothing here knows of processes; all that changes what is in force goes through `change`, into the one queue.
 */
import type { History } from '../history/open-history.ts'
import type { EventName } from '../observe/event-names.ts'
import type { HealthCheck } from '../observe/health-report.ts'
import type { Totals } from '../observe/tally.ts'
import type { Decision } from '../policy/decision.ts'
import type { Problem } from '../policy/document/problem.ts'
import type { LoadedSettings } from '../settings/load-settings.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { Backend, BackendTrial, Probe, Progress, Rehearsal, Status } from './contract.ts'

export interface Instance {
  readonly history: History
  /** The environment in which the password of a trust store may stand. */
  readonly environment: Readonly<Record<string, string>>
  status(): InstanceStatus
  /** What is in force; undefined until the first generation is. */
  snapshot(): Snapshot | undefined
  settings(): LoadedSettings
  change(wish: Wish, tell: (progress: Progress) => void): Promise<Outcome>
  confirm(author: string): { readonly version: number }
  /** Composes what a text would bring into force, without bringing it; throws as applying it would. */
  compose(text: string): Promise<Snapshot>
  /** Tries a text against every backend known. */
  rehearse(text: string, tell: (progress: Progress) => void): Promise<Tried>
  /** Makes one verifying handshake; throws what is no verdict. */
  probe(snapshot: Snapshot, decision: Decision & { readonly allowed: true }): Promise<Handshake>
  /** Tries out what a backend accepts, when those before it are done; throws what keeps it from being reached. */
  tryOut(decision: Decision & { readonly allowed: true }, progress: (made: number) => void): Promise<TriedOut>
  /** Who is looked after by itself, as it stands now. */
  backendWatch(): BackendWatch
  health(): readonly HealthCheck[]
  /** What all workers have counted. */
  totals(): Totals
  log(name: EventName, message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Which backends are known without traffic, and how those are that are looked after. */
export interface BackendWatch {
  /** Authorities that rules, tests, exceptions, switches of health checks and services name. */
  readonly named: readonly string[]
  /** How often it is checked; undefined where it is left alone. */
  everyMs(backend: string): number | undefined
  /** The last check; undefined where there was none. */
  lastCheck(backend: string): (Frozen<NonNullable<Backend['health']>> & Pick<Backend, 'notAfterMs'>) | undefined
}

/** What a backend accepts, and the tightest rule for it. */
export type TriedOut = Frozen<Pick<BackendTrial, 'matrix' | 'tightest'>>

/** What a rehearsal has found, with the problems of the text as they stand in it. */
export type Tried = Omit<Frozen<Rehearsal>, 'warnings'> & { readonly warnings: readonly Problem[] }

export type InstanceStatus = Frozen<Omit<Status, 'product'>>
export type Handshake = Frozen<Pick<Probe, 'verdict' | 'tls' | 'address' | 'ms'>>

/** A change that somebody asks for; who, how and why go into the record. */
export type Wish =
  | {
      readonly kind: 'candidate'
      readonly source: 'page' | 'api'
      readonly text: string
      readonly author: string
      readonly comment: string
      readonly ifVersion: number
      readonly cut: boolean
      readonly confirm?: Probation
    }
  | {
      readonly kind: 'rollback'
      readonly author: string
      readonly comment: string
      readonly ifVersion: number
      readonly cut: boolean
      readonly version?: number
      readonly confirm?: Probation
    }
  | { readonly kind: 'reload'; readonly author: string; readonly afresh?: true }

/** A change that goes by itself unless somebody keeps it. */
interface Probation {
  readonly withinMs: number
  readonly revertOnRefusals?: number
}

/** What a change has brought into force. */
export interface Outcome {
  readonly version: number
  readonly generation: number
  readonly unchanged: boolean
  readonly warnings: readonly Problem[]
  readonly pending?: { readonly deadlineMs: number; readonly revertTo: number }
  readonly backTo?: number
  readonly elapsedMs: number
}

/** A shape of the contract as our own side gives it: never changed once made. */
export type Frozen<T> = T extends (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T
