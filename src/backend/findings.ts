/**
 * Every finding about one handshake. OpenSSL's word is necessary and not sufficient: it tells one error where there
 * may be five, and it accepts what strict TLS does not (a common name for a name, an embedded wildcard). So all that
 * can be looked at is looked at here again, and what OpenSSL minds beyond that is added, never dropped.
 */
import type crypto from 'node:crypto'
import { commonNameOf, describeName, spkiSha256Of } from '../certificate/describe-certificate.ts'
import { parseSubjectNames, type SubjectName } from '../certificate/parse-subject-names.ts'
import { printable } from '../certificate/printable.ts'
import { readExtensions } from '../certificate/read-extensions.ts'
import { readGroups } from '../policy/groups.ts'
import type { FindingName, Rule } from '../policy/policy.ts'
import type { Finding } from '../policy/verdict.ts'
import type { Anchors } from './anchors.ts'
import { isIncomplete } from './incomplete-chain.ts'
import type { Intermediates } from './intermediates.ts'
import { matchesName } from './matches-name.ts'
import { isMissingIssuer, isUnspecified, opensslFinding } from './openssl-findings.ts'
import { describeWrongPurposes } from './purpose-findings.ts'
import { strengthFindings } from './strength-findings.ts'
import { type ChainWalk, walkChain } from './walk-chain.ts'

/** What a backend showed, and what to hold it against. */
export interface Shown {
  /** As presented, the backend's own certificate first; empty when it showed none. */
  readonly chain: readonly crypto.X509Certificate[]
  /** Node's name of OpenSSL's last error about the chain. */
  readonly opensslError: string | undefined
  /** True for a chain that came without a handshake, so that OpenSSL was never asked about it. */
  readonly offline?: boolean
  readonly anchors: Anchors
  readonly intermediates: Intermediates
  /** The host name or address the certificate must carry. */
  readonly name: string
  readonly rule: Rule
  readonly nowMs: number
}

/** What is found about the certificate. It stays true for a resumed session, as long as the dates hold. */
export interface CertificateFindings {
  readonly findings: readonly Finding[]
  /** Base64; empty without a certificate. */
  readonly spkiSha256: string
  /** When the first certificate of the path ends. */
  readonly notAfterMs: number
}

/** Gathers what is wrong with the certificate a backend showed. */
export function certificateFindings(shown: Shown): CertificateFindings {
  const { chain, rule, anchors, intermediates, nowMs, opensslError } = shown
  const [leaf, ...others] = chain
  if (leaf === undefined) {
    const findings: Finding[] = [{ name: 'no-certificate', detail: 'the backend showed no certificate' }]
    return { findings, spkiSha256: '', notAfterMs: Number.POSITIVE_INFINITY }
  }
  const walk = walkChain([leaf, ...others], { anchors, intermediates, nowMs })
  const spkiSha256 = spkiSha256Of(leaf)
  const own = [
    ...trustFindingsOf(walk, shown),
    ...dateFindings(walk, nowMs),
    ...nameFindings(leaf, shown.name),
    ...purposeFindings(walk, shown.name),
    ...strengthFindings(walk, rule.tls.securityLevel),
    ...pinFindings(spkiSha256, rule),
  ]
  return {
    findings: oneForEachName([...own, ...opensslFindings(opensslError, own, walk)]),
    spkiSha256,
    notAfterMs: Math.min(...walk.path.map((each) => each.validToDate.getTime())),
  }
}

/** What was agreed on: the protocol as Node names it, the suite's IANA name, the group as rules name it or ''. */
export interface Agreed {
  readonly protocol: string
  readonly cipher: string
  readonly group: string
}

/** Holds what was agreed on against what the rule offers; in report mode more was offered than that. */
export function handshakeFindings({ protocol, cipher, group }: Agreed, { tls }: Rule): Finding[] {
  const found: Finding[] = []
  const refuse = (name: FindingName, agreed: string, wanted: readonly string[]) =>
    found.push({ name, detail: `${agreed} was agreed on, the rule offers ${wanted.join(', ')}` })
  if (!(tls.protocols as readonly string[]).includes(protocol)) refuse('protocol-refused', protocol, tls.protocols)
  if (!tls.ciphers.includes(cipher)) refuse('cipher-refused', cipher, tls.ciphers)
  const groups = readGroups(tls.groups)
  if (group !== '' && !groups.includes(group)) refuse('group-refused', group, groups)
  return found
}

/**
 * Who vouches for the backend. Nothing is found while OpenSSL is content: it has walked the chain with more care. With a
 * pool in the house it must be content and our own walk too, so that nothing in the pool is ever taken for an anchor.
 */
function trustFindingsOf(walk: ChainWalk, { chain, anchors, intermediates, ...shown }: Shown): Finding[] {
  const { path, end } = walk
  const isOpensslContent = shown.opensslError === undefined && shown.offline !== true
  if (end === 'anchor' || (isOpensslContent && intermediates.isEmpty)) return []
  const last = path.at(-1) as crypto.X509Certificate
  const stores =
    anchors.stores.length > 0 ? `the trust stores (${anchors.stores.join(', ')})` : 'any trust store: none is set'
  if (end === 'self-signed') {
    if (path.length === 1) {
      return [{ name: 'self-signed', detail: `${describeName(last.subject)} signs itself and is not in ${stores}` }]
    }
    return [{ name: 'untrusted-issuer', detail: `the chain ends in ${describeName(last.subject)}, not in ${stores}` }]
  }
  const issuer = describeName(last.issuer)
  if (isIncomplete(walk, { chain, anchors })) {
    return [{ name: 'incomplete-chain', detail: `the backend did not send the certificate of its issuer, ${issuer}` }]
  }
  return [{ name: 'untrusted-issuer', detail: `issued by ${issuer}, which is not in ${stores} and was not sent` }]
}

function dateFindings({ path }: ChainWalk, nowMs: number): Finding[] {
  return path.flatMap((certificate) => {
    const whose = `the certificate of ${describeName(certificate.subject)}`
    const [begin, end] = [certificate.validFromDate, certificate.validToDate]
    const found: Finding[] = []
    // An unreadable date compares as false with everything, so it is asked whether the date is good, not bad.
    if (!(nowMs <= end.getTime())) found.push({ name: 'expired', detail: `${whose} expired on ${describeDate(end)}` })
    if (!(nowMs >= begin.getTime())) {
      found.push({ name: 'not-yet-valid', detail: `${whose} is valid from ${describeDate(begin)}` })
    }
    return found
  })
}

function nameFindings(leaf: crypto.X509Certificate, name: string): Finding[] {
  const names = parseSubjectNames(leaf.subjectAltName)
  if (matchesName(names, name)) return []
  const commonName = names.length === 0 ? commonNameOf(leaf) : undefined
  const aside = commonName === undefined ? '' : ' (a common name, which does not count)'
  // Log searches of other products look for exactly these words, so they stand in front and once.
  const issuedTo = `server name mismatch, certificate issued to: [${describeNames(names, commonName)}]`
  return [{ name: 'name-mismatch', detail: `${issuedTo}${aside}, asked for ${name}` }]
}

const NAMES_TOLD_MAX = 10
const NAME_TOLD_LENGTH_MAX = 253

function describeNames(names: readonly SubjectName[], commonName: string | undefined): string {
  if (names.length === 0) return commonName === undefined ? 'no name' : shortened(commonName)
  const told = names.slice(0, NAMES_TOLD_MAX).map(({ kind, value }) => {
    const text = shortened(printable(value))
    return kind === 'dns' || kind === 'ip' ? text : `${kind} ${text}`
  })
  return told.join(', ') + (names.length > told.length ? ` and ${names.length - told.length} more` : '')
}

function shortened(text: string): string {
  return text.length > NAME_TOLD_LENGTH_MAX ? `${text.slice(0, NAME_TOLD_LENGTH_MAX)}…` : text
}

function purposeFindings(walk: ChainWalk, host: string): Finding[] {
  return describeWrongPurposes(walk, host).map((detail) => ({ name: 'wrong-purpose', detail }))
}

/** A pin names the backend's own key: a key further up the chain would let its owner vouch for anybody. */
function pinFindings(spkiSha256: string, { pins }: Rule): Finding[] {
  if (pins === null || pins.spkiSha256.includes(spkiSha256)) return []
  return [{ name: 'pin-mismatch', detail: `the key is ${spkiSha256 || 'unreadable'}, which is not among the pins` }]
}

/** What OpenSSL minds and our own look did not find. */
function opensslFindings(error: string | undefined, own: readonly Finding[], walk: ChainWalk): Finding[] {
  if (error === undefined || isCompleted(error, walk)) return []
  const { name, what } = opensslFinding(error)
  const sameAs = isUnspecified(error) ? meaningsOf(walk) : trustKinds.includes(name) ? trustKinds : [name]
  return own.some((finding) => sameAs.includes(finding.name)) ? [] : [{ name, detail: what }]
}

/** Tells whether all that OpenSSL missed is an issuer that our own walk, signature by signature, has found in the pool. */
function isCompleted(error: string, { end, borrowed }: ChainWalk): boolean {
  return end === 'anchor' && borrowed.length > 0 && isMissingIssuer(error)
}

/** OpenSSL words a missing issuer in several ways; any trust finding of ours says the same, and better. */
const trustKinds: readonly FindingName[] = ['untrusted-issuer', 'self-signed', 'incomplete-chain']

/**
 * What an error without a name may be about. A weak key explains it, but not where name constraints are in play:
 * those for addresses and mail are held by OpenSSL alone, and a forgiven weak key must not cover for them.
 */
function meaningsOf({ path }: ChainWalk): readonly FindingName[] {
  const isConstrained = path.some((each) => readExtensions(each.raw)?.dnsConstraints !== undefined)
  return isConstrained ? ['wrong-purpose'] : ['weak-key', 'weak-signature', 'wrong-purpose']
}

function oneForEachName(findings: readonly Finding[]): Finding[] {
  const details = new Map<FindingName, string[]>()
  for (const { name, detail } of findings) details.set(name, [...(details.get(name) ?? []), detail])
  return [...details].map(([name, all]) => ({ name, detail: all.join('; ') }))
}

function describeDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'a date that cannot be read' : date.toISOString().replace('.000Z', 'Z')
}
