import type { OpenedConnection } from '../backend/dial/open-connection.ts'
import type { OpenConnection } from '../backend/judge/reweigh.ts'
import type { AskCaller } from '../backend/starttls/dialect.ts'
import type { SidecarError } from '../errors.ts'
import type { IncomingTls } from '../incoming/incoming-tls.ts'
import type { CallerIdentity } from '../incoming/judge-caller.ts'
import type { Service } from '../settings/service.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Wire } from '../wire/wire.ts'
import type { CallerEnds } from './caller-ends.ts'
import type { ServiceRecord } from './service-record.ts'
import type { WebSocketDoor } from './web-socket/web-socket-door.ts'

/** A caller as its service knows it. */
export interface ServiceConnection {
  readonly wire: Wire
}

/** A caller of which it is settled who it is. */
export interface KnownIdentity {
  /** Undefined for one that showed no certificate and need not. */
  readonly identity: CallerIdentity | undefined
}

/** Whom a connection is opened for. */
export interface Origin {
  readonly ends: CallerEnds
  /** Names of the caller's certificate; undefined where it showed none. */
  readonly names: readonly string[] | undefined
  /** How it is asked where STARTTLS needs its words. */
  readonly ask?: AskCaller | undefined
}

/** What every caller of one service shares for the life of a snapshot. */
export interface ServiceContext {
  readonly service: Service
  readonly deadlines: Deadlines
  /** Where callers speak TLS with us. */
  readonly incoming: IncomingTls | undefined
  /** Where callers come by WebSocket. */
  readonly webSockets: Promise<WebSocketDoor> | undefined
  newRecord(): ServiceRecord
  /** Opens a connection of its own for one caller; throws a SidecarError. */
  open(record: ServiceRecord, from: Origin, isWanted: () => boolean): Promise<OpenedConnection>
  /** Tells why a newer version would not let a caller in that has just come; undefined where it would, or there is none. */
  faultOf(known: KnownIdentity): SidecarError | undefined
  /** Tells whether a connection just opened is one that a newer version has asked to end. */
  isRefused(backend: OpenConnection): boolean
  /** Logs and counts what a record says; the caller is gone. */
  finished(caller: ServiceConnection, record: ServiceRecord): void
}
