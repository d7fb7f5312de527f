import type { RevocationRule, TlsOffer } from '../policy/policy.ts'

/** One fixed forward of vedette.yaml, with all it leaves out taken from the settings: frozen, plain JSON, milliseconds. */
export interface Service {
  readonly name: string
  readonly accept: ServiceAddress
  /** At least one; none where tokens say where to connect. */
  readonly connect: readonly ServiceBackend[]
  readonly failover: Failover
  /** How TLS is asked for on a connection that begins in plain text. */
  readonly starttls?: StarttlsProtocol
  /** Connections at a time, per worker. */
  readonly limits: { readonly connections: number }
  readonly timeouts: { readonly connectMs: number; readonly handshakeMs: number; readonly idleMs: number }
  readonly proxyProtocol: ProxyProtocol
  /** How TLS is accepted; without it callers speak plain text. */
  readonly tls?: ServiceTls
  /** Callers bring a token that says where to connect. */
  readonly tokens?: ServiceTokens
  /** What is asked of WebSockets; without it callers bring a stream of bytes. */
  readonly webSocket?: ServiceWebSocket
  /** How backends are asked for a WebSocket; there wherever one is `ws` or `wss`. */
  readonly backendWebSocket?: BackendWebSocket
}

/** How tokens of callers are taken. */
export interface ServiceTokens {
  /** The folder of their keys under identities/. */
  readonly keys: string
  /** Whether the name that a handshake inside asks for is held against the destination. */
  readonly innerNames: 'checked' | 'unchecked'
}

/** A service that callers reach by WebSocket: the payload of their messages is what the backend gets. */
export interface ServiceWebSocket {
  /** With its slash in front. */
  readonly path: string
  /** Of the pages that may come in; who sends no origin is no browser. */
  readonly origins: 'any' | readonly string[]
  /** Callers must offer one of them, unless there are none. */
  readonly protocols: readonly string[]
  readonly messageBytes: number
  readonly pingMs: number
}

/** A service whose backends speak WebSocket: what the caller sends goes to them as the payload of messages. */
export interface BackendWebSocket {
  /** Offered to the backend, which must choose one of them, unless there are none. */
  readonly protocols: readonly string[]
  /** Whose page we say asks; nobody's when left out. */
  readonly origin?: string
  /** Longest message taken from a backend. */
  readonly messageBytes: number
  readonly pingMs: number
}

/** TLS towards callers: what we show, and what they must. */
export interface ServiceTls {
  /** The key pair under identities/ that we show. */
  readonly certificate: string
  /** What we take from callers; of a backend's offer it differs only in who chooses. */
  readonly offer: TlsOffer
  /** optional judges a certificate that is shown, required refuses whoever shows none. */
  readonly verifyClient: VerifyClient
  /** Who may vouch for callers; at least one wherever a certificate is asked for. */
  readonly trustStores: readonly string[]
  readonly revocation: RevocationRule
  /** Names of the callers let in, as policy/match-caller.ts writes them; undefined is everybody who is vouched for. */
  readonly allow?: readonly string[]
}

/** Whether callers are asked for a certificate. */
export const verifyClients = ['none', 'optional', 'required'] as const
export type VerifyClient = (typeof verifyClients)[number]

/** Where callers come in. */
export type ServiceAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** `path` is absolute; `mode` are the bits of the socket file. */
  | { readonly kind: 'unix'; readonly path: string; readonly mode: number }

/** One backend of a service: TLS, or plain text where the policy lets it out; a stream of bytes, or WebSocket. */
export interface ServiceBackend {
  readonly scheme: 'tls' | 'tcp' | 'wss' | 'ws'
  /** `host:port` in canonical form. */
  readonly authority: string
  /** What a WebSocket is asked for, with its slash in front; there for `wss` and `ws` alone. */
  readonly path?: string
}

/** Tells whether there is TLS, under the policy, from the first byte or after STARTTLS. */
export function isSecure(scheme: ServiceBackend['scheme']): boolean {
  return scheme === 'tls' || scheme === 'wss'
}

/** priority takes the first that can be reached, roundRobin begins with the next one each time. */
export type Failover = 'priority' | 'roundRobin'

/** The PROXY protocol (versions 1 and 2), in both directions. */
export interface ProxyProtocol {
  /** What callers must begin with; undefined expects nothing. */
  readonly in?: 'v1' | 'v2' | 'either'
  /** Who may say it, as ranges; `unix` are all callers of a socket file. */
  readonly from: readonly string[]
  /** What backends are sent before anything else. */
  readonly out?: 'v1' | 'v2'
}

/** Protocols with a plain beginning and an agreed way to ask for TLS. */
export const starttlsProtocols = [
  'smtp',
  'lmtp',
  'imap',
  'pop3',
  'ldap',
  'pgsql',
  'mysql',
  'nntp',
  'ftp',
  'xmpp',
  'sieve',
] as const
export type StarttlsProtocol = (typeof starttlsProtocols)[number]
