/**
 * The policy as the rest of the house sees it: validated, defaults filled in, every rule fully resolved,
 * frozen, and plain JSON all through, because it travels from the control process to the workers as it is.
 */

import type { Destination } from './destination.ts'

/** A TLS protocol, as Node names it. */
export type Protocol = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
/** Whether a refusal is carried out or only logged. */
export type Enforcement = 'enforce' | 'report'
/** Where the intermediates come from that a backend did not send. */
export type ChainRepair = 'off' | 'pool' | 'aia'
/** Whether a post-quantum group is offered, and whether its key share comes along. */
export type PostQuantum = 'off' | 'compatible' | 'prefer'

/** Every finding there is, by its stable name. */
export const findingNames = [
  'untrusted-issuer',
  'self-signed',
  'incomplete-chain',
  'expired',
  'not-yet-valid',
  'name-mismatch',
  'pin-mismatch',
  'revoked',
  'revocation-unknown',
  'weak-key',
  'weak-signature',
  'wrong-purpose',
  'malformed-certificate',
  'oversized-chain',
  'no-certificate',
  'protocol-refused',
  'cipher-refused',
  'group-refused',
] as const
/** The name of a finding, the same in logs, metrics, documents and pages. */
export type FindingName = (typeof findingNames)[number]

/** What allow-and-log forgives: who vouches for the backend, never who the backend is. */
export const trustFindings: readonly FindingName[] = ['untrusted-issuer', 'self-signed', 'incomplete-chain']

/** How strictly certificates are held to the documents; each grade makes the checks of those before it as well. */
export const grades = ['webpki', 'rfc5280'] as const
/** `webpki`: what public authorities hold themselves to; `rfc5280`: the form that RFC 5280 asks for as well. */
export type Grade = (typeof grades)[number]

/** What a rule offers in its ClientHello, with names translated and lists apart, ready for TLS options. */
export interface TlsOffer {
  readonly configuration: 'default' | 'custom'
  /** The default set followed, such as `2026-11`; undefined under a custom configuration. */
  readonly profile?: string
  /** Ascending, without repeats; holes are allowed and become secure options. */
  readonly protocols: readonly Protocol[]
  /** IANA names in the order of preference, TLS 1.3 suites and older ones in one list. */
  readonly ciphers: readonly string[]
  /** OpenSSL names of the suites up to TLS 1.2, then those of TLS 1.3, in order. */
  readonly openssl: { readonly legacy: readonly string[]; readonly tls13: readonly string[] }
  /** The group list as OpenSSL 3.5 reads it, written out, never DEFAULT. */
  readonly groups: string
  readonly postQuantum: PostQuantum
  /** Names of signature-algorithms.ts in the order of preference; empty where no protocol asks for any. */
  readonly signatureAlgorithms: readonly string[]
  /** OpenSSL's security level; under 2 only by a rule's own legacy entry. */
  readonly securityLevel: number
  /** A backend without secure renegotiation (RFC 5746) is taken; renegotiation itself never is. */
  readonly unsafeRenegotiation: boolean
  /** Least bits of a Diffie-Hellman group that a backend may choose in TLS 1.2 and below. */
  readonly minDhBits: number
}

/** One rule with everything it does not say taken from the policy's own settings. */
export interface Rule {
  readonly name: string
  /** Position in the file, 0-based; -1 for what no rule names. */
  readonly index: number
  readonly match: readonly HostPattern[]
  /** Names of the callers it holds for, as match-caller.ts writes them; undefined is everybody. */
  readonly callers?: readonly string[]
  readonly action: 'allow' | 'deny'
  readonly strict: boolean
  /** Which checks a certificate must pass. */
  readonly grade: Grade
  readonly enforcement: Enforcement
  /** Names of the trust stores whose union is trusted; empty trusts nobody. */
  readonly trustStores: readonly string[]
  readonly allowUntrusted: boolean
  readonly chainRepair: ChainRepair
  /** true sends the destination's own name, a string sends that name, false sends none. */
  readonly sni: boolean | string
  /** The name the certificate must carry, when it is not the destination's. */
  readonly verifyName?: string
  readonly tls: TlsOffer
  readonly pins: { readonly mode: 'add' | 'instead'; readonly spkiSha256: readonly string[] } | null
  /** Folder under identities/ with the key pair we show when the backend asks. */
  readonly clientCertificate?: string
  /** Plain text may leave: http:// is not lifted to TLS, and a tunnel may carry anything. */
  readonly plaintext: boolean
  /** How far a caller's own TLS is looked into as it passes. */
  readonly tunnels: TunnelWatch
  /** The port that http:// without a port (or with 80) is lifted to. */
  readonly tlsPort: number
  readonly fixUps: boolean
  /** Whether a backend that does not offer STARTTLS is refused, or talked to in plain text. */
  readonly starttls: 'must' | 'may'
  readonly revocation: RevocationRule
  /** The proxy that the backend is reached through; undefined where we dial it ourselves. */
  readonly via?: Via
  /** Its backends are probed by themselves, this often; not there where they are not. */
  readonly healthCheck?: { readonly everyMs: number }
}

/** An upstream proxy: it opens the way, our TLS goes through it to the backend. */
export interface Via {
  readonly scheme: 'http' | 'socks5'
  readonly to: Destination
}

/** Whether it is found out that a certificate was revoked, and from what. */
export interface RevocationRule {
  /** soft minds what is revoked, hard also what nobody can say. */
  readonly mode: 'off' | 'soft' | 'hard'
  readonly sources: readonly RevocationSource[]
}

/** Where answers about revocation come from. */
export const revocationSources = ['stapled', 'crl', 'ocsp'] as const
/** One of them. */
export type RevocationSource = (typeof revocationSources)[number]

/**
 * What is demanded of a tunnel beyond its destination: `inspect` makes a verifying handshake of our own and reads the
 * caller's as it passes, `verify-only` makes ours, `blind` does neither.
 */
export const tunnelWatches = ['inspect', 'verify-only', 'blind'] as const
export type TunnelWatch = (typeof tunnelWatches)[number]

/** One entry of `match`: an exact host or a wildcard, with an optional port. */
export interface HostPattern {
  readonly text: string
  /** Canonical host; for a wildcard the part after `*.`. */
  readonly host: string
  readonly wildcard: boolean
  readonly port?: number
}

/** What is forgiven to one backend until a day, by whom and why. */
export interface ExceptionRecord {
  readonly host: string
  readonly port: number
  readonly findings: readonly FindingName[]
  readonly spkiSha256?: string
  /** Milliseconds since the epoch: the end of the day `until` names, in UTC. */
  readonly untilMs: number
  readonly owner: string
  readonly reason: string
}

/** What must come of a destination before the version may be applied. */
export interface PolicyTest {
  readonly destination: string
  readonly expect: 'trusted' | 'allowed' | 'refused'
}

/** What is said of health checks beside the rules. */
export interface HealthChecks {
  /** How often a backend is probed that is switched on although its rule is not. */
  readonly everyMs: number
  /** Backends that traffic has met are probed like those that are named. */
  readonly seen: boolean
  /** The switches of single backends: they hold before what their rules say. */
  readonly backends: readonly { readonly authority: string; readonly enabled: boolean }[]
}

/** The whole law of one version. */
export interface Policy {
  readonly name: string
  readonly comment: string
  /** First match wins. */
  readonly rules: readonly Rule[]
  /** What holds for a destination that no rule names. */
  readonly unlisted: Rule
  readonly addresses: { readonly deny: readonly string[]; readonly allow: readonly string[] }
  readonly healthChecks: HealthChecks
  readonly exceptions: readonly ExceptionRecord[]
  readonly tests: readonly PolicyTest[]
}
