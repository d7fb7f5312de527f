/**
 * Who a caller is, by the certificate it showed. The same walk and the same checks as for a backend's, but for the name:
 * a caller is not looked for under one, it says who it is. There is no report mode and no exception here: whoever is let
 * in acts with our trust, so every finding refuses.
 */
import crypto from 'node:crypto'
import type { Check } from '../backend/checks/check.ts'
import { checks, readSteps, runEach } from '../backend/checks/run-checks.ts'
import type { Anchors } from '../backend/judge/anchors.ts'
import {
  findRevocation,
  judgePath,
  type PathRevocation,
  type RevocationKnowledge,
  revocationOf,
} from '../backend/judge/find-revocation.ts'
import { Intermediates } from '../backend/judge/intermediates.ts'
import { opensslFinding } from '../backend/judge/openssl-findings.ts'
import { type ChainWalk, walkChain } from '../backend/judge/walk-chain.ts'
import { describeName } from '../certificate/describe-certificate.ts'
import { SidecarError } from '../errors.ts'
import { matchesCaller } from '../policy/match-caller.ts'
import type { Finding } from '../policy/verdict.ts'
import type { ServiceTls } from '../settings/service.ts'
import { emptyPool } from '../truststore/intermediate-pool.ts'
import { callerNamesOf } from './caller-names.ts'

/** A caller whose certificate has been judged. */
export interface CallerIdentity {
  /** As policy/match-caller.ts writes them, the most telling first. */
  readonly names: readonly string[]
  /** SHA-256 of its certificate, hex. */
  readonly sha256: string
  /** DER of what it showed, its own certificate first: for whoever judges it again. */
  readonly chain: readonly Buffer[]
  /** What there is to ask about revocation; undefined where nobody asks. */
  readonly revocation: PathRevocation | undefined
}

export interface CallerQuestion {
  /** As the caller sent it, its own certificate first. */
  readonly chain: readonly [crypto.X509Certificate, ...crypto.X509Certificate[]]
  readonly opensslError: string | undefined
  readonly anchors: Anchors
  readonly tls: Pick<ServiceTls, 'allow' | 'revocation'>
  readonly knowledge: RevocationKnowledge | undefined
  readonly now: () => number
}

/** Judges the certificate of a caller; throws CALLER_CERTIFICATE_REFUSED with every finding. */
export async function judgeCaller(question: CallerQuestion): Promise<CallerIdentity> {
  const { chain, knowledge, now } = question
  const { identity, findings } = lookAt(question)
  // Nobody is asked about a certificate that is refused anyway: anybody may have made it.
  if (findings.length === 0) {
    const circumstances = { rule: question.tls, knowledge, now }
    const { findings: revoked } = await findRevocation(identity.revocation, circumstances)
    findings.push(...revoked.filter(({ isAside }) => isAside !== true))
  }
  const error = refusalOf(question, { identity, findings })
  if (error !== undefined) throw error
  // Copies: a certificate that is kept keeps OpenSSL's whole structure.
  return { ...identity, chain: chain.map(({ raw }) => Buffer.from(raw)) }
}

/** Judges by what is known now, without asking anybody; only what is known to be revoked counts as that. */
export function judgeCallerAgain(question: CallerQuestion): SidecarError | undefined {
  const { identity, findings } = lookAt(question)
  findings.push(...revokedOf(identity, question))
  return refusalOf(question, { identity, findings })
}

/** Tells whether a certificate on the path of a caller is known as revoked by now. */
export function judgeRevokedCaller(
  identity: CallerIdentity,
  question: Pick<CallerQuestion, 'tls' | 'knowledge' | 'now'>,
): SidecarError | undefined {
  const findings = revokedOf(identity, question)
  const [leaf] = identity.chain
  if (findings.length === 0 || leaf === undefined) return undefined
  return refused(new crypto.X509Certificate(leaf), findings)
}

interface Look {
  readonly identity: CallerIdentity
  readonly findings: Finding[]
}

function lookAt(question: CallerQuestion): Look {
  const { chain, anchors, tls, opensslError, now } = question
  const [leaf] = chain
  const walk = walkChain(chain, { anchors, intermediates: noPool, nowMs: now() })
  const own = [...trustFindings(walk, anchors), ...runEach(callerChecks, judgedPath(walk, question))]
  const asked = { rule: tls, staple: undefined, isAnchored: true, nowMs: now() }
  const identity = {
    names: callerNamesOf(leaf),
    sha256: crypto.hash('sha256', leaf.raw, 'hex'),
    chain: [],
    revocation: own.length === 0 ? revocationOf(walk.path, asked) : undefined,
  }
  return { identity, findings: [...own, ...unseen(opensslError, own)] }
}

function revokedOf(
  { revocation }: CallerIdentity,
  { tls, knowledge, now }: Pick<CallerQuestion, 'tls' | 'knowledge' | 'now'>,
): Finding[] {
  const { findings } = judgePath(revocation, { rule: tls, knowledge, now })
  return findings.filter(({ name }) => name === 'revoked')
}

function refusalOf({ chain: [leaf], tls }: CallerQuestion, { identity, findings }: Look): SidecarError | undefined {
  if (findings.length > 0) return refused(leaf, findings)
  if (tls.allow !== undefined && !matchesCaller(tls.allow, identity.names)) return notListed(identity.names)
  return undefined
}

const noPool = new Intermediates(emptyPool)
const SECURITY_LEVEL = 2
/** An address, so that name constraints are held against the names of the certificate alone: nobody was asked for. */
const NO_HOST = '0.0.0.0'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

/** What a backend's certificate must hold and a caller's need not: they are about being looked for, and serving. */
const aboutServers: readonly string[] = ['host-name', 'ip-address', 'server-purpose']
const callerChecks: readonly Check[] = checks.filter(
  ({ grade, name }) => grade === 'webpki' && !aboutServers.includes(name),
)

function judgedPath(walk: ChainWalk, { chain, now }: CallerQuestion) {
  return { steps: readSteps(walk), presented: chain.length, host: NO_HOST, nowMs: now(), securityLevel: SECURITY_LEVEL }
}

function trustFindings({ path, end }: ChainWalk, { stores }: Anchors): Finding[] {
  const found: Finding[] = []
  const last = path.at(-1) as crypto.X509Certificate
  const where = `the trust stores (${stores.join(', ')})`
  if (end === 'self-signed' && path.length === 1) {
    found.push({ name: 'self-signed', detail: `${describeName(last.subject)} signs itself and is not in ${where}` })
  } else if (end !== 'anchor') {
    const unknown = describeName(end === 'self-signed' ? last.subject : last.issuer)
    found.push({ name: 'untrusted-issuer', detail: `the chain leads to ${unknown}, which is not in ${where}` })
  }
  const misused = path.slice(0, -1).find(({ keyUsage }) => keyUsage && !keyUsage.includes(CLIENT_AUTH))
  const leaf = path[0]?.keyUsage && !path[0].keyUsage.includes(CLIENT_AUTH) ? path[0] : misused
  if (leaf !== undefined) {
    const detail = `${describeName(leaf.subject)} is not for TLS clients (extended key usage)`
    found.push({ name: 'wrong-purpose', detail })
  }
  return found
}

/** What OpenSSL minds and our own look did not find: its word is never dropped. */
function unseen(error: string | undefined, own: readonly Finding[]): Finding[] {
  if (error === undefined || own.length > 0) return []
  const { name, what } = opensslFinding(error)
  return [{ name, detail: `${what} (${error})` }]
}

function refused(leaf: crypto.X509Certificate, findings: readonly Finding[]): SidecarError {
  const found = findings.map(({ name, detail }) => `${name} (${detail})`).join(', ')
  const message = `the certificate of the caller, ${describeName(leaf.subject)}, is refused: ${found}`
  return new SidecarError('CALLER_CERTIFICATE_REFUSED', message, { details: { findings } })
}

/** Makes the refusal of a caller without a certificate where one is demanded. */
export function shownNone(): SidecarError {
  return new SidecarError('CALLER_CERTIFICATE_REFUSED', 'the caller showed no certificate, and the service demands one')
}

function notListed(names: readonly string[]): SidecarError {
  const message = `the caller is ${names.slice(0, NAMES_TOLD_MAX).join(', ')}, which tls.allow does not list`
  return new SidecarError('CALLER_CERTIFICATE_REFUSED', message)
}

const NAMES_TOLD_MAX = 10
