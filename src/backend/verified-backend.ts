import type { Destination } from '../policy/destination.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { Wire } from '../wire/wire.ts'

declare const verified: unique symbol

/**
 * A connection to a backend that has passed its verdict. Only backend/verify.ts can make one, pools and entrances
 * accept nothing else: a socket that nobody judged cannot carry a byte of an application.
 */
export interface VerifiedBackend extends BackendConnection {
  readonly [verified]: true
  readonly verdict: Verdict
  readonly tls: TlsFacts
}

/** A plain TCP connection that the rule itself allows: for `plaintext: true`, and for tunnels judged beforehand. */
export interface PlainBackend extends BackendConnection {
  readonly verdict: undefined
  readonly tls: undefined
}

export interface BackendConnection {
  readonly wire: Wire
  readonly destination: Destination
  /** The IP address dialled: the one that was checked. */
  readonly address: string
  readonly phases: DialPhases
  /** Undefined for plain text. */
  readonly verdict: Verdict | undefined
  readonly tls: TlsFacts | undefined
  /** DER of the certificates behind the verdict, the backend's own first; empty for plain text. */
  readonly chain: readonly Buffer[]
}

/** How long each step took, in milliseconds; 0 for one that was not needed. */
export interface DialPhases {
  readonly dnsMs: number
  readonly connectMs: number
  readonly tlsMs: number
}

/** What the handshake settled on. */
export interface TlsFacts {
  /** As Node names it: TLSv1.2, TLSv1.3. */
  readonly protocol: string
  /** IANA name. */
  readonly cipher: string
  readonly group: string
  /** Size of the Diffie-Hellman group of TLS 1.2 and below; 0 where the key exchange was another, or not seen. */
  readonly dhBits: number
  readonly resumed: boolean
  /** SHA-256 of the leaf's public key (SPKI), base64. */
  readonly spkiSha256: string
}
