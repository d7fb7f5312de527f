/** One fixed forward of vedette.yaml, with all it leaves out taken from the settings: frozen, plain JSON, milliseconds. */
export interface Service {
  readonly name: string
  readonly accept: ServiceAddress
  /** At least one. */
  readonly connect: readonly ServiceBackend[]
  readonly failover: Failover
  /** How TLS is asked for on a connection that begins in plain text. */
  readonly starttls?: StarttlsProtocol
  /** Connections at a time, per worker. */
  readonly limits: { readonly connections: number }
  readonly timeouts: { readonly connectMs: number; readonly handshakeMs: number; readonly idleMs: number }
  readonly proxyProtocol: ProxyProtocol
}

/** Where callers come in. */
export type ServiceAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** `path` is absolute; `mode` are the bits of the socket file. */
  | { readonly kind: 'unix'; readonly path: string; readonly mode: number }

/** One backend of a service: TLS, or plain text where the policy lets it out. */
export interface ServiceBackend {
  readonly scheme: 'tls' | 'tcp'
  /** `host:port` in canonical form. */
  readonly authority: string
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
