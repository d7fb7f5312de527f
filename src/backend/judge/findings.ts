/**
 * Every finding about one handshake. OpenSSL's word is necessary and not sufficient: it tells one error where there
 * may be five, and it accepts what strict TLS does not (a common name for a name, an embedded wildcard). So all that
 * can be looked at is looked at here again, and what OpenSSL minds beyond that is added, never dropped.
 */
import type crypto from 'node:crypto'
import { describeName, spkiSha256Of } from '../../certificate/describe-certificate.ts'
import { readGroups } from '../../policy/catalogue/groups.ts'
import type { FindingName, Rule } from '../../policy/policy.ts'
import type { Finding } from '../../policy/verdict.ts'
import type { Step } from '../checks/check.ts'
import { readSteps, runChecks } from '../checks/run-checks.ts'
import type { Anchors } from './anchors.ts'
import { type PathRevocation, revocationOf } from './find-revocation.ts'
import { isIncomplete } from './incomplete-chain.ts'
import type { Intermediates } from './intermediates.ts'
import { isMissingIssuer, isUnspecified, opensslFinding } from './openssl-findings.ts'
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
  /** The OCSP answer that came with it. */
  readonly staple?: Buffer | undefined
}

/** What is found about the certificate. It stays true for a resumed session, as long as the dates hold. */
export interface CertificateFindings {
  readonly findings: readonly Finding[]
  /** Base64; empty without a certificate. */
  readonly spkiSha256: string
  /** When the first certificate of the path ends. */
  readonly notAfterMs: number
  /** What there is to know about revocation; undefined where nobody asks. Judged apart: see find-revocation.ts. */
  readonly revocation: PathRevocation | undefined
  /** What was presented, as DER: enough to judge it again under another policy. */
  readonly chain: readonly Buffer[]
}

/** Gathers what is wrong with the certificate a backend showed. */
export function certificateFindings(shown: Shown): CertificateFindings {
  const { chain, rule, anchors, intermediates, nowMs, opensslError } = shown
  const [leaf, ...others] = chain
  if (leaf === undefined) {
    const findings: Finding[] = [{ name: 'no-certificate', detail: 'the backend showed no certificate' }]
    return { findings, spkiSha256: '', notAfterMs: Number.POSITIVE_INFINITY, revocation: undefined, chain: [] }
  }
  const walk = walkChain([leaf, ...others], { anchors, intermediates, nowMs })
  const spkiSha256 = spkiSha256Of(leaf)
  const steps = readSteps(walk)
  const judged = { steps, presented: chain.length, host: shown.name, nowMs, securityLevel: rule.tls.securityLevel }
  const own = [...trustFindingsOf(walk, shown), ...runChecks(judged, rule.grade), ...pinFindings(walk, rule)]
  return {
    findings: oneForEachName([...own, ...opensslFindings(opensslError, own, { walk, steps })]),
    spkiSha256,
    notAfterMs: Math.min(...walk.path.map((each) => each.validToDate.getTime())),
    revocation: revocationOf(walk.path, { rule, staple: shown.staple, isAnchored: walk.end === 'anchor', nowMs }),
    chain: chain.map(({ raw }) => raw),
  }
}

/** What was agreed on: the protocol as Node names it, the suite's IANA name, the group as rules name it or ''. */
export interface Agreed {
  readonly protocol: string
  readonly cipher: string
  readonly group: string
  /** Size of the Diffie-Hellman group of TLS 1.2 and below; 0 where the key exchange was another. */
  readonly dhBits: number
}

/** Holds what was agreed on against what the rule offers; in report mode more was offered than that. */
export function handshakeFindings({ protocol, cipher, group, dhBits }: Agreed, { tls }: Rule): Finding[] {
  const found: Finding[] = []
  const refuse = (name: FindingName, agreed: string, wanted: readonly string[]) =>
    found.push({ name, detail: `${agreed} was agreed on, the rule offers ${wanted.join(', ')}` })
  if (!(tls.protocols as readonly string[]).includes(protocol)) refuse('protocol-refused', protocol, tls.protocols)
  if (!tls.ciphers.includes(cipher)) refuse('cipher-refused', cipher, tls.ciphers)
  const groups = readGroups(tls.groups)
  if (group !== '' && !groups.includes(group)) refuse('group-refused', group, groups)
  if (dhBits > 0 && dhBits < tls.minDhBits) {
    refuse('group-refused', `a Diffie-Hellman group of ${dhBits} bits`, [`${tls.minDhBits} bits and more`])
  }
  return found
}

/**
 * Who vouches for the backend. Nothing is found while OpenSSL is content: it has walked the chain with more care. With a
 * pool in the house it must be content and our own walk too, so that nothing in the pool is ever taken for an anchor.
 */
function trustFindingsOf(walk: ChainWalk, { chain, anchors, intermediates, ...shown }: Shown): Finding[] {
  const { path, end } = walk
  const isOpensslContent = shown.opensslError === undefined && shown.offline !== true
  if (end === 'anchor' || (isOpensslContent && intermediates.isPoolEmpty)) return []
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
  // A path that is about to be too long anyway would only lead us from one address to the next.
  const sought = path.length < SOUGHT_PATH_MAX ? intermediates.seekIssuerOf(last) : ''
  const told = (detail: string) => (sought === '' ? detail : `${detail}; ${sought}`)
  if (isIncomplete(walk, { chain, anchors })) {
    const detail = told(`the backend did not send the certificate of its issuer, ${issuer}`)
    return [{ name: 'incomplete-chain', detail }]
  }
  return [{ name: 'untrusted-issuer', detail: told(`issued by ${issuer}, which is not in ${stores} and was not sent`) }]
}

/**
 * A pin names the backend's own key. Where chain and name must hold as well it may also be one further up the path to the
 * anchor, which only narrows who may issue; standing in for them, or beside a name that nobody verifies, such a key
 * would let its owner vouch for anybody.
 */
function pinFindings({ path, end }: ChainWalk, { pins, strict }: Rule): Finding[] {
  if (pins === null) return []
  const [own = '', ...further] = path.map(spkiSha256Of)
  const counting = pins.mode === 'add' && strict && end === 'anchor' ? [own, ...further] : [own]
  if (counting.some((key) => pins.spkiSha256.includes(key))) return []
  return [{ name: 'pin-mismatch', detail: `the key is ${own || 'unreadable'}, which is not among the pins` }]
}

interface Looked {
  readonly walk: ChainWalk
  readonly steps: readonly Step[]
}

/** What OpenSSL minds and our own look did not find. */
function opensslFindings(error: string | undefined, own: readonly Finding[], { walk, steps }: Looked): Finding[] {
  if (error === undefined || isCompleted(error, walk)) return []
  const { name, what } = opensslFinding(error)
  const sameAs = isUnspecified(error) ? meaningsOf(steps) : trustKinds.includes(name) ? trustKinds : [name]
  if (own.some((finding) => sameAs.includes(finding.name))) return []
  return [{ name, detail: isMissingIssuer(error) && walk.end === 'anchor' ? `${what}, ${otherWay(walk)}` : what }]
}

/** OpenSSL takes the first of several certificates of one authority and does not come back from a dead end. */
function otherWay({ path }: ChainWalk): string {
  const [, issuer, ...others] = path.map(({ subject }) => describeName(subject))
  const anchor = others.at(-1) ?? issuer
  return `although there is a path to ${anchor} that OpenSSL does not take: put the certificate of ${issuer} into a trust store`
}

/** Tells whether all that OpenSSL missed is an issuer that our own walk, signature by signature, has found in the pool. */
function isCompleted(error: string, { end, borrowed }: ChainWalk): boolean {
  return end === 'anchor' && borrowed.length > 0 && isMissingIssuer(error)
}

const SOUGHT_PATH_MAX = 8

/** OpenSSL words a missing issuer in several ways; any trust finding of ours says the same, and better. */
const trustKinds: readonly FindingName[] = ['untrusted-issuer', 'self-signed', 'incomplete-chain']

/**
 * What an error without a name may be about. A weak key explains it, but not where name constraints are in play: a
 * forgiven weak key must not cover for something about them that OpenSSL sees and our own checks do not.
 */
function meaningsOf(steps: readonly Step[]): readonly FindingName[] {
  const isConstrained = steps.some(({ facts }) => facts.extensions.nameConstraints !== undefined)
  return isConstrained ? ['wrong-purpose'] : ['weak-key', 'weak-signature', 'wrong-purpose']
}

function oneForEachName(findings: readonly Finding[]): Finding[] {
  const details = new Map<FindingName, string[]>()
  for (const { name, detail } of findings) details.set(name, [...(details.get(name) ?? []), detail])
  return [...details].map(([name, all]) => ({ name, detail: all.join('; ') }))
}
