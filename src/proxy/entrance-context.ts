import type { Backends } from '../backend/backends.ts'
import type { OpenConnection } from '../backend/judge/reweigh.ts'
import type { BackendConnection } from '../backend/verified-backend.ts'
import type { SidecarError } from '../errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Settings } from '../settings/settings.ts'
import type { Deadlines, Watched } from '../wire/deadlines.ts'
import type { TcpHandle } from '../wire/raw-handle.ts'
import type { RequestRecord } from './request-record.ts'
import type { Routes } from './routes.ts'
import type { TunnelVoice } from './tunnel-voice.ts'
import type { CallerConnection, Work } from './work.ts'

/** Says why nothing new is taken at the moment, although no limit of the settings is reached; undefined when it is. */
export type Shortage = () => SidecarError | undefined

/** What every caller of one entrance shares for the life of a snapshot. */
export interface EntranceContext {
  readonly backends: Backends
  readonly routes: Routes
  readonly deadlines: Deadlines
  readonly limits: Settings['limits']
  readonly timeouts: Settings['timeouts']
  /** Our name in Via fields: the same for every process of this instance, and no other instance's. */
  readonly via: string
  /** SHA-256 of passwords (hex) by user; undefined lets everybody in who reaches the SOCKS door. */
  readonly socksUsers: Readonly<Record<string, string>> | undefined
  /** While there is one, who has not asked for anything yet is refused. */
  readonly shortage: Shortage
  newRecord(caller: CallerConnection): RequestRecord
  /** Finds what a head asks for; throws a SidecarError for what cannot be served. */
  workFor(caller: CallerConnection, head: RequestHead, record: RequestRecord): Work
  /** Finds the tunnel that a host and a port ask for; throws as `workFor`. */
  tunnelFor(caller: CallerConnection, wish: TunnelWish): Work
  /** Joins caller and backend until both are done, then writes the record. */
  openTunnel(tunnel: TunnelRequest): void
  /** Logs and counts what a record says. */
  finished(record: RequestRecord): void
  /** The caller's socket is gone. */
  left(caller: CallerConnection): void
}

/** Moves a caller to another process, with what was read ahead of its next request. */
export type Give = (handle: TcpHandle, early: Buffer) => Promise<void>

/** A caller as its entrance knows it, whatever it speaks. */
export interface EntranceCaller extends CallerConnection, Watched {
  /** It has asked for something that is not over yet. */
  readonly busy: boolean
  /** The backend connection that its request uses at this moment. */
  readonly held: OpenConnection | undefined
  /** Ends one that got nowhere. */
  refuse(error: SidecarError): void
  /** No further request is to be served here. */
  retire(give: Give | undefined): void
  /** Ends at once whatever is under way. */
  cut(reason?: SidecarError): void
}

/** A tunnel that is asked for, in whatever protocol. */
export interface TunnelWish {
  readonly host: string
  readonly port: number
  readonly record: RequestRecord
  readonly voice: TunnelVoice
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
