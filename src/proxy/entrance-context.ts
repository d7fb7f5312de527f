import type { Backends } from '../backend/backends.ts'
import type { OpenConnection } from '../backend/reweigh.ts'
import type { BackendConnection } from '../backend/verified-backend.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Settings } from '../settings/settings.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { RequestRecord } from './request-record.ts'
import type { Routes } from './routes.ts'
import type { CallerConnection, Work } from './work.ts'

/** What every caller of one entrance shares for the life of a snapshot. */
export interface EntranceContext {
  readonly backends: Backends
  readonly routes: Routes
  readonly deadlines: Deadlines
  readonly limits: Settings['limits']
  readonly timeouts: Settings['timeouts']
  /** Our name in Via fields: the same for every process of this instance, and no other instance's. */
  readonly via: string
  newRecord(caller: CallerConnection): RequestRecord
  /** Finds what a head asks for; throws a SidecarError for what cannot be served. */
  workFor(caller: CallerConnection, head: RequestHead, record: RequestRecord): Work
  /** Joins caller and backend until both are done, then writes the record. */
  openTunnel(tunnel: TunnelRequest): void
  /** Logs and counts what a record says. */
  finished(record: RequestRecord): void
  /** The caller's socket is gone. */
  left(caller: CallerConnection): void
}

export interface TunnelRequest {
  readonly caller: CallerConnection
  readonly backend: BackendConnection
  /** What was judged for it: the connection itself, or that of the verifying handshake before it. */
  readonly held: OpenConnection
  readonly record: RequestRecord
  /** What the caller had sent before the tunnel was open. */
  readonly ahead: Buffer
  /** Called when the tunnel is over. */
  closed?(): void
}
