/** What a document asks for in TLS, each part with the line that asks, before it is fitted to what there is. */
import type { Protocol } from '../policy/policy.ts'
import type { Place } from './report.ts'

/** Something said, and where. */
export interface Said<T> {
  readonly value: T
  readonly at: Place
}

/** What a document asks for; what it does not say follows the default set. */
export interface TlsWish {
  readonly protocols?: Said<readonly Protocol[]>
  /** IANA names of suites up to TLS 1.2. */
  readonly legacy?: Said<readonly string[]>
  readonly tls13?: Said<readonly string[]>
  readonly groups?: Said<readonly string[]>
  readonly signatureAlgorithms?: Said<readonly string[]>
  readonly securityLevel?: Said<number>
  /** A backend without secure renegotiation (RFC 5746) is asked to be let through. */
  readonly unsafeRenegotiation?: Said<true>
}
