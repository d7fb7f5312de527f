/**
 * Everything our three process roles say to each other, one union per direction. Plain JSON; a raw handle travels
 * beside a message where its comment says so. The supervisor passes snapshots, counters and notes on unread: it
 * knows how many workers to start and where to listen, and nothing of what a policy is.
 */
import type { IntoleranceMark } from '../backend/dial/hybrid-tolerance.ts'
import type { EventName } from '../observe/event-names.ts'
import type { Totals } from '../observe/tally.ts'
import type { RevocationSource } from '../policy/policy.ts'
import type { RevocationQuestion } from '../revocation/question.ts'
import type { News } from '../revocation/revocation-book.ts'
import type { LoadOptions } from '../settings/load-settings.ts'
import type { TunnelFate } from '../settings/settings.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { IssuerNews } from '../truststore/issuer-book.ts'
import type { ErrorRecord } from './error-record.ts'
import type { Noted } from './worker/sighting-notes.ts'

/** How many of each a worker holds at the moment. */
export interface Load {
  readonly callers: number
  readonly requests: number
  readonly tunnels: number
}

export type ToWorker =
  /** First of all: build contexts, warm the pools for these authorities, then say `ready`. */
  | {
      readonly type: 'begin'
      readonly snapshot: Snapshot
      readonly warm: readonly string[]
      /** Backends that others have found unable to take post-quantum groups. */
      readonly intolerant: readonly IntoleranceMark[]
      /** Our name in Via fields. */
      readonly via: string
      /** Whether pretty log lines are coloured. */
      readonly color: boolean
    }
  /** With the handle of one bound listening socket of this entrance; more may follow. */
  | { readonly type: 'listener'; readonly entrance: string }
  /** Start to accept on all listeners, then say `accepting`. */
  | { readonly type: 'accept' }
  /** With the handle of an idle caller of an older generation, and what was read of its next request. */
  | { readonly type: 'caller'; readonly early: string }
  /** Another worker has found these backends unable to take post-quantum groups. */
  | { readonly type: 'learn'; readonly intolerant: readonly IntoleranceMark[] }
  /** What has become known about revocation; all of it before `begin`. */
  | { readonly type: 'revocation'; readonly news: News }
  /** Certificates of issuers that were fetched; all that are known before `begin`. */
  | { readonly type: 'issuers'; readonly news: IssuerNews }
  /** A question has been looked into. */
  | { readonly type: 'revocation-answered'; readonly request: number }
  /** Stop accepting; give callers away or close them as they fall idle; then say `retired`. */
  | { readonly type: 'retire'; readonly handOver: boolean }
  /** Weigh what is open again under this newer snapshot, and cut what it refuses; then say `reweighed`. */
  | { readonly type: 'reweigh'; readonly snapshot: Snapshot }
  /** The drain deadline has passed: cut what is left and end. */
  | { readonly type: 'cut' }

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly error: ErrorRecord }
  | { readonly type: 'accepting' }
  /** From now on no request begins here. */
  | { readonly type: 'retired' }
  /** With the handle of an idle caller, for the newest generation. `early` is base64. */
  | { readonly type: 'caller'; readonly early: string }
  /** Every second, and once more at the end. Totals since the worker began. */
  | {
      readonly type: 'report'
      readonly load: Load
      readonly counters: Totals
      readonly warm: readonly string[]
    }
  /** What was noted of backends since it was last told. */
  | { readonly type: 'noted'; readonly noted: Noted }
  /** The marks of this worker, whenever they change. */
  | { readonly type: 'learned'; readonly intolerant: readonly IntoleranceMark[] }
  /** How many tunnels and requests a newer snapshot has ended. */
  | { readonly type: 'reweighed'; readonly cut: number }
  /** Its memory has become short, or there is enough again. */
  | { readonly type: 'memory'; readonly isShort: boolean; readonly detail: string }
  /** A handshake waits for what may be found out about revocation. */
  | RevocationWanted
  | IssuerWanted
  /** Last of all: how many callers the drain deadline cut. */
  | { readonly type: 'ending'; readonly cut: number }

/** The certificate of an issuer that a backend did not send, to be fetched from here. Nothing waits for it. */
export interface IssuerWanted {
  readonly type: 'issuer-wanted'
  readonly url: string
}

/** Questions that a worker has no answer to. */
export interface RevocationWanted {
  readonly type: 'revocation-wanted'
  readonly request: number
  readonly questions: readonly RevocationQuestion[]
  readonly sources: readonly RevocationSource[]
}

export type ToControl =
  /** First of all. `running` is there when control died and came back while the workers went on. */
  | {
      readonly type: 'begin'
      readonly options: LoadOptions
      readonly running: Running | undefined
      readonly startedMs: number
    }
  /** With the handle of the control socket, bound and ours alone. */
  | { readonly type: 'claimed' }
  /** The answer to the request with this number; `error` when it failed. */
  | { readonly type: 'done'; readonly request: string; readonly error: ErrorRecord | undefined }
  /** Which generations there are; sent at every change and every second. */
  | { readonly type: 'generations'; readonly overview: Overview }
  /** What a worker has counted so far, passed on. Workers are numbered in the order of their start. */
  | { readonly type: 'counters'; readonly worker: number; readonly totals: Totals }
  /** What a worker has noted of backends, passed on. */
  | { readonly type: 'noted'; readonly noted: Noted }
  | { readonly type: 'worker-gone'; readonly worker: number }
  /** A worker's questions about revocation, passed on. */
  | (RevocationWanted & { readonly worker: number })
  /** A worker's wish for an issuer's certificate, passed on. */
  | IssuerWanted
  /** Something for the log: the supervisor has no logger of its own. */
  | {
      readonly type: 'event'
      readonly name: EventName
      readonly message: string
      readonly fields: Readonly<Record<string, unknown>>
    }
  /** SIGHUP arrived. */
  | { readonly type: 'reload' }
  /** The instance is shutting down: readiness turns red at once, then `stopping-seen` is expected. */
  | { readonly type: 'stopping' }

export type FromControl =
  /** Makes this state folder ours: binds its control socket, or fails with OPERATOR_ALREADY_RUNNING. */
  | { readonly type: 'claim'; readonly request: string; readonly state: string }
  /** Starts a generation next to the running one; done when all its workers are ready and warm. */
  | { readonly type: 'prepare'; readonly request: string; readonly snapshot: Snapshot }
  /** Puts the prepared generation into force; done when the old one takes no request any more. */
  | { readonly type: 'swap'; readonly request: string; readonly tunnels: TunnelFate }
  /** Ends the prepared generation: something else failed. */
  | { readonly type: 'abandon' }
  /** For every worker, those that start later included. */
  | { readonly type: 'revocation'; readonly news: News }
  /** For every worker, those that start later included. */
  | { readonly type: 'issuers'; readonly news: IssuerNews }
  /** For one worker: its questions have been looked into. */
  | { readonly type: 'revocation-answered'; readonly worker: number; readonly request: number }
  /** What the next control process should know if this one dies; handed back unread in `begin`. */
  | { readonly type: 'notes'; readonly notes: unknown }
  /** What runs, in a sentence, for whoever started us. */
  | { readonly type: 'standing'; readonly text: string }
  /** What SIGHUP asked for is over, whatever became of it. */
  | { readonly type: 'reloaded' }
  /** Everything is in place; on the first start this is when the instance counts as started. */
  | { readonly type: 'up' }
  /** The first start cannot succeed; nothing is left running. */
  | { readonly type: 'failed'; readonly error: ErrorRecord }
  | { readonly type: 'stopping-seen' }

/** What the supervisor hands to a control process that replaces a dead one. */
export interface Running {
  readonly snapshot: Snapshot
  /** The highest generation number ever given out. */
  readonly lastGeneration: number
  readonly notes: unknown
}

/** What the supervisor knows of its workers; shown by `vedette status` and behind the readiness checks. */
export interface Overview {
  readonly addresses: readonly BoundAddress[]
  readonly generations: readonly GenerationOverview[]
  /** True while workers of the live generation keep dying. */
  readonly crashLoop: boolean
  /** Backends that get no post-quantum groups. */
  readonly intolerant: readonly IntoleranceMark[]
}

export interface BoundAddress {
  /** `proxy`, or the name of a service. */
  readonly entrance: string
  /** Empty for a socket file. */
  readonly host: string
  /** The real one, also when the settings say 0. */
  readonly port: number
  /** The socket file, where it is one. */
  readonly path?: string
  /** Set where systemd has opened it and keeps it. */
  readonly passed?: true
}

export interface GenerationOverview {
  readonly number: number
  readonly version: number
  readonly state: 'preparing' | 'live' | 'draining'
  readonly workers: readonly WorkerOverview[]
}

export interface WorkerOverview {
  readonly pid: number
  readonly state: WorkerState
  readonly load: Load
}

export type WorkerState = 'starting' | 'ready' | 'accepting' | 'retiring' | 'gone'
