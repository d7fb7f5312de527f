import type { OwnProxy } from './own-proxy.ts'
import type { Service } from './service.ts'

/** vedette.yaml with defaults filled in and flags and environment applied: frozen, plain JSON, milliseconds. */
export interface Settings {
  readonly proxy: { readonly listen: readonly ListenAddress[] }
  readonly socks: {
    /** Empty where nobody is to come in by SOCKS. */
    readonly listen: readonly ListenAddress[]
    /** The file of who may, absolute, or `none`. */
    readonly users: string
  }
  readonly admin: {
    readonly listen: ListenAddress
    /** A name under identities/, or `none`. */
    readonly identity: string
    /** `any`, or addresses and ranges. */
    readonly allow: readonly string[]
    /** `own`, or names that a Host field may have. */
    readonly hosts: readonly string[]
  }
  readonly health: { readonly listen: ListenAddress }
  /** Absolute paths, resolved against the folder of vedette.yaml (or the working directory without one). */
  readonly policy: string
  readonly truststores: string
  readonly identities: string
  readonly crls: string
  readonly state: string
  /** The file of users and passwords for upstream proxies, absolute, or `none`. */
  readonly upstreamCredentials: string
  /** How many worker processes a generation has; `auto` is resolved before it gets here. */
  readonly workers: number
  /** What we fetch ourselves goes through it; left out where the environment names none. */
  readonly ownProxy?: OwnProxy
  /** Fixed forwards; they stand in the file only. */
  readonly services: readonly Service[]
  /** What a change does to open connections that it would refuse: they end at the drain deadline, or at once. */
  readonly openTunnels: TunnelFate
  /** What the operator has to say in every refusal; empty for nothing. */
  readonly refusalMessage: string
  readonly limits: {
    readonly callers: number
    readonly tunnels: number
    readonly headBytes: number
    /** Open connections to one destination, per worker. */
    readonly backendConnections: number
  }
  readonly timeouts: {
    readonly dnsMs: number
    readonly connectMs: number
    readonly handshakeMs: number
    readonly headMs: number
    readonly firstByteMs: number
    readonly idleMs: number
    readonly drainMs: number
    /** How long an idle pooled backend connection is kept. */
    readonly pooledMs: number
    /** How long the verdict of a CONNECT's verifying handshake is good for. */
    readonly verdictMs: number
  }
  readonly log: { readonly format: 'json' | 'ecs' | 'pretty'; readonly level: 'debug' | 'info' | 'warn' | 'error' }
}

/** Whether what a new version would refuse goes on until the drain deadline, or is cut at once. */
export type TunnelFate = 'drain' | 'cut'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}
