/**
 * The verdict on a handshake that a caller makes through us. What can be seen of it is judged like our own: its names
 * and choices always, its certificates where they pass in the clear (TLS 1.2 and before). TLS 1.3 hides them, and there
 * the verdict of our own handshake with the same backend, by the same name, stands in.
 */
import crypto from 'node:crypto'
import type { ClientHello } from '../../handshake/client-hello.ts'
import type { PassingHandshake } from '../../handshake/passing-handshake.ts'
import { readCurve, readPrimeBits } from '../../handshake/server-messages.ts'
import { refuse } from '../../handshake/syntax-error.ts'
import type { AllowedDecision } from '../../policy/allowed-or-throw.ts'
import { findSuiteByCode } from '../../policy/catalogue/catalogue.ts'
import { findGroupByCode } from '../../policy/catalogue/groups.ts'
import { nameToVerify } from '../../policy/names.ts'
import { helloFindings } from '../../policy/passing-findings.ts'
import type { FindingName, Rule } from '../../policy/policy.ts'
import { type Finding, reachVerdict, type Verdict } from '../../policy/verdict.ts'
import type { DialTools } from '../dial/dial-tools.ts'
import type { TlsFacts } from '../verified-backend.ts'
import { findRevocation, judgePath } from './find-revocation.ts'
import { type CertificateFindings, handshakeFindings } from './findings.ts'

/** A handshake judged: our own with the backend, or the caller's as far as it has come. */
export interface JudgedHandshake {
  readonly verdict: Verdict
  readonly tls: TlsFacts
}

/** Our own handshake with the same backend, with the certificates it showed. */
export interface OwnHandshake extends JudgedHandshake {
  readonly chain: readonly Buffer[]
}

type Tools = Pick<DialTools, 'snapshot' | 'contexts' | 'chains' | 'revocation' | 'now'>

export interface PassingQuestion {
  readonly passing: PassingHandshake
  /** Our own handshake with this backend. */
  readonly own: OwnHandshake
  /** unchecked does not mind which name the client asks for, or the certificate it is shown carries. */
  readonly names?: 'checked' | 'unchecked'
}

/** Judges what has passed so far: call it when the client's hello is there, after a retry, and when all is seen. */
export function judgePassing(
  tools: Tools,
  decision: AllowedDecision,
  { passing, own, names = 'checked' }: PassingQuestion,
): JudgedHandshake {
  const { rule, destination } = decision
  const shown = certificatesShown(tools, decision, passing)
  const tls = factsOf(passing, shown?.spkiSha256 ?? own.tls.spkiSha256)
  const findings = [
    // Of our own handshake only what is true of the backend whoever asks: its certificate.
    ...(shown === undefined ? [] : [...shown.findings, ...revocationShown(tools, rule, { shown, own })]),
    ...(shown !== undefined ? [] : own.verdict.findings.filter(({ name }) => !isAboutChoices(name))),
    ...(passing.client === undefined ? [] : helloFindings(helloOf(passing.client), rule, destination)),
    // A retry leaves open nothing that it names (RFC 8446 §4.1.4), so it is judged like the answer proper.
    ...(passing.server === undefined ? [] : handshakeFindings(tls, rule)),
  ]
  const verdict = reachVerdict({
    findings: oneForEachName(findings).filter(({ name }) => names === 'checked' || name !== 'name-mismatch'),
    rule,
    exceptions: tools.snapshot.policy.exceptions,
    destination,
    spkiSha256: tls.spkiSha256 === '' ? undefined : tls.spkiSha256,
    nowMs: tools.now(),
  })
  return { verdict, tls }
}

function certificatesShown(
  { contexts, chains, now }: Tools,
  decision: AllowedDecision,
  { certificates }: PassingHandshake,
): CertificateFindings | undefined {
  if (certificates.length === 0) return undefined
  const { rule, destination } = decision
  const { anchors, intermediates } = contexts.of(rule)
  return chains.findingsOf({
    chain: certificates.map(readCertificate),
    // OpenSSL saw none of this: our own walk must find the way to an anchor, as it does for a chain in a file.
    opensslError: undefined,
    offline: true,
    anchors,
    intermediates,
    name: nameToVerify(rule, destination),
    rule,
    nowMs: now(),
  })
}

interface Compared {
  readonly shown: CertificateFindings
  readonly own: OwnHandshake
}

/**
 * Whether what passes was revoked. Nothing is waited for in the middle of another's handshake, and what is stapled to it is
 * not looked at: about the certificate that our own handshake saw its verdict stands, unless more is known by now.
 */
function revocationShown({ revocation: knowledge, now }: Tools, rule: Rule, { shown, own }: Compared): Finding[] {
  const asked = { rule, knowledge, now }
  const { findings } = judgePath(shown.revocation, asked)
  const [passing] = shown.chain
  if (passing !== undefined && own.chain[0]?.equals(passing)) {
    const revoked = findings.filter(({ name }) => name === 'revoked')
    return [...revoked, ...own.verdict.findings.filter(({ name }) => aboutRevocation.includes(name))]
  }
  // For the next one: what cannot be known now refuses in hard mode.
  void findRevocation(shown.revocation, asked)
  return [...findings]
}

const aboutRevocation: readonly FindingName[] = ['revoked', 'revocation-unknown']

function readCertificate(der: Buffer): crypto.X509Certificate {
  try {
    return new crypto.X509Certificate(der)
  } catch {
    refuse('bad-value')
  }
}

function factsOf(passing: PassingHandshake, spkiSha256: string): TlsFacts {
  const { server } = passing
  const group = groupOf(passing)
  return {
    protocol: server === undefined ? '' : protocolName(server.version),
    cipher: server === undefined ? '' : (findSuiteByCode(server.suite)?.iana ?? hex(server.suite)),
    dhBits: dhBitsOf(passing),
    group: group === undefined ? '' : (findGroupByCode(group)?.name ?? hex(group)),
    resumed: false,
    spkiSha256,
  }
}

/** TLS 1.3 names the group in its hello; before that it stands in the key exchange, where the suite has one. */
function groupOf({ server, serverKeyExchange }: PassingHandshake): number | undefined {
  if (serverKeyExchange === undefined || !hasExchange(server?.suite, '_ECDHE_')) return server?.group
  return readCurve(serverKeyExchange)
}

function dhBitsOf({ server, serverKeyExchange }: PassingHandshake): number {
  if (serverKeyExchange === undefined || !hasExchange(server?.suite, '_DHE_')) return 0
  return readPrimeBits(serverKeyExchange)
}

function hasExchange(suite: number | undefined, exchange: string): boolean {
  return suite !== undefined && (findSuiteByCode(suite)?.iana.includes(exchange) ?? false)
}

function helloOf({ serverName, hasEncryptedHello, versions }: ClientHello) {
  return { serverName, hasEncryptedHello, protocols: versions.map(protocolName) }
}

const protocolNames: Readonly<Record<number, string>> = {
  768: 'SSLv3',
  769: 'TLSv1',
  770: 'TLSv1.1',
  771: 'TLSv1.2',
  772: 'TLSv1.3',
}

function protocolName(version: number): string {
  return protocolNames[version] ?? hex(version)
}

function hex(id: number): string {
  return `0x${id.toString(16).padStart(4, '0')}`
}

function isAboutChoices(name: FindingName): boolean {
  return name === 'protocol-refused' || name === 'cipher-refused' || name === 'group-refused'
}

function oneForEachName(findings: readonly Finding[]): Finding[] {
  const seen = new Set<FindingName>()
  return findings.filter(({ name }) => !seen.has(name) && seen.add(name))
}
