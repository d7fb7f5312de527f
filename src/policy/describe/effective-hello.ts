/**
 * The ClientHello that a rule brings about, field by field, as it can be read off the wire: what `vedette explain` and
 * the page show. It says what OpenSSL makes of an offer (a range of protocols, no group without a use for one), and
 * test/backend/client-hello.test.ts compares it with the bytes that leave.
 */
import { findSuite } from '../catalogue/catalogue.ts'
import { findGroup, readGroups } from '../catalogue/groups.ts'
import { findSignatureAlgorithm } from '../catalogue/signature-algorithms.ts'
import type { Destination } from '../destination.ts'
import { allProtocols, holesIn, usualDhBits, usualSecurityLevel } from '../document/check-legacy.ts'
import { serverNameFor } from '../names.ts'
import type { PostQuantum, Protocol, Rule } from '../policy.ts'
import { type Offer, offerOf } from './effective-offer.ts'

/** What a handshake is for decides what it asks for beside TLS itself. */
export const handshakeUses = {
  /** A pooled connection for originated requests. */
  originate: { alpn: ['http/1.1'], resume: true },
  /** Our own handshake before a tunnel, or a probe: it may carry anything, and its point is to see the certificate. */
  verify: { alpn: [], resume: false },
} as const satisfies Record<string, { readonly alpn: readonly string[]; readonly resume: boolean }>

/** What a handshake is for. */
export type HandshakeUse = keyof typeof handshakeUses

/** A name of ours with its number in the ClientHello. */
export interface CodePoint {
  readonly name: string
  readonly code: number
}

/** What makes a ClientHello, or what is made of its answer, other than it usually is. */
export type HelloFlag = keyof typeof flagReasons

/** The fields of a ClientHello, each list in the order of the wire. */
export interface EffectiveHello {
  /** Highest first; below TLS 1.3 the highest alone is written, and a backend may go down to the lowest. */
  readonly protocols: readonly CodePoint[]
  /** IANA names. */
  readonly suites: readonly CodePoint[]
  /** Values among the suites that are none: what stands in for the extension of RFC 5746. */
  readonly signals: readonly CodePoint[]
  readonly groups: readonly CodePoint[]
  /** The groups that bring a key share in the first flight (TLS 1.3). */
  readonly keyShares: readonly CodePoint[]
  readonly signatureAlgorithms: readonly CodePoint[]
  /** Empty when none is sent. */
  readonly serverName: string
  readonly alpn: readonly string[]
  /** Whether a session of an earlier handshake may be offered; a first one has none to offer. */
  readonly resumes: boolean
  /** Data ahead of the verdict is never sent. */
  readonly earlyData: false
  readonly postQuantum: PostQuantum
  readonly securityLevel: number
  readonly flags: readonly HelloFlag[]
}

/** What each flag means, in words that fit behind its name. */
export const flagReasons = {
  'report-widened': 'report mode: the newest default set is offered beside the lists of the rule',
  'protocol-range': 'a protocol between those chosen goes out with them, and is refused after the handshake',
  'old-protocols': 'TLS 1.0 and 1.1 are withdrawn (RFC 8996)',
  'low-security-level': 'weak keys and signatures are taken from this backend',
  'unsafe-renegotiation': 'a backend without secure renegotiation (RFC 5746) is taken',
  'small-dh': 'Diffie-Hellman groups under 2048 bits are taken',
} as const

/** Tells what leaves for a destination under a rule. */
export function effectiveHello(rule: Rule, destination: Destination, use: HandshakeUse): EffectiveHello {
  const offer = offerOf(rule)
  const protocols = rangeOf(offer.protocols)
  const isTls13 = protocols.includes('TLSv1.3')
  const { alpn, resume } = handshakeUses[use]
  return {
    protocols: protocols.toReversed().map((name) => ({ name, code: protocolCodes[name] })),
    suites: [...(isTls13 ? offer.openssl.tls13 : []), ...offer.openssl.legacy].flatMap(suiteNamed),
    signals: protocols[0] === 'TLSv1' ? [renegotiationSignal] : [],
    groups: isTls13 || usesCurves(offer) ? readGroups(offer.groups).flatMap(groupNamed) : [],
    keyShares: isTls13 ? readGroups(offer.groups, 'with key share').flatMap(groupNamed) : [],
    signatureAlgorithms: offer.signatureAlgorithms.flatMap(signatureNamed),
    serverName: serverNameFor(rule, destination),
    alpn,
    resumes: resume,
    earlyData: false,
    postQuantum: rule.tls.postQuantum,
    securityLevel: offer.securityLevel,
    flags: flagsOf(rule, offer),
  }
}

const protocolCodes: Readonly<Record<Protocol, number>> = {
  TLSv1: 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
}

/** OpenSSL says it this way where a server might choke on extensions, and by the extension everywhere else. */
const renegotiationSignal: CodePoint = { name: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV', code: 0x00ff }

function rangeOf(protocols: readonly Protocol[]): Protocol[] {
  const sent = new Set([...protocols, ...holesIn(protocols)])
  return allProtocols.filter((protocol) => sent.has(protocol))
}

function usesCurves({ openssl }: Offer): boolean {
  return openssl.legacy.some((name) => name.startsWith('ECDHE-'))
}

function flagsOf(rule: Rule, offer: Offer): HelloFlag[] {
  const { unsafeRenegotiation, minDhBits, protocols } = rule.tls
  const raised: Readonly<Record<HelloFlag, boolean>> = {
    'report-widened': rule.enforcement === 'report',
    'protocol-range': holesIn(offer.protocols).length > 0,
    'old-protocols': protocols.some((protocol) => protocol === 'TLSv1' || protocol === 'TLSv1.1'),
    'low-security-level': offer.securityLevel < usualSecurityLevel,
    'unsafe-renegotiation': unsafeRenegotiation,
    'small-dh': minDhBits < usualDhBits,
  }
  return (Object.keys(flagReasons) as HelloFlag[]).filter((flag) => raised[flag])
}

function suiteNamed(openssl: string): CodePoint[] {
  const suite = findSuite(openssl)
  return suite === undefined ? [] : [{ name: suite.iana, code: suite.code }]
}

function groupNamed(name: string): CodePoint[] {
  const group = findGroup(name)
  return group === undefined ? [] : [{ name: group.name, code: group.code }]
}

function signatureNamed(name: string): CodePoint[] {
  const algorithm = findSignatureAlgorithm(name)
  return algorithm === undefined ? [] : [{ name: algorithm.name, code: algorithm.code }]
}
