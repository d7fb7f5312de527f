/**
 * Whether what was let through under one version would be let through under another: the same questions as at the
 * beginning, asked of the chain that was seen then. Who cuts by this cuts when in doubt, for OpenSSL is not asked again
 * and our own walk has to reach an anchor by itself.
 */
import crypto from 'node:crypto'
import { compileAddresses } from '../../policy/address/judge-address.ts'
import type { AllowedDecision } from '../../policy/allowed-or-throw.ts'
import { decide } from '../../policy/decide.ts'
import type { Destination } from '../../policy/destination.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { IssuerBook } from '../../truststore/issuer-book.ts'
import { Contexts } from '../dial/contexts.ts'
import type { RevocationKnowledge } from './find-revocation.ts'
import type { Agreed } from './findings.ts'
import { judgeChain } from './judge-chain.ts'

/** A connection to a backend, or the tunnel that a verdict was reached for. */
export interface OpenConnection {
  readonly destination: Destination
  /** The IP address dialled. */
  readonly address: string
  /** DER of the certificates seen; empty for plain text. */
  readonly chain: readonly Buffer[]
  /** Undefined for plain text. */
  readonly tls: Agreed | undefined
  /** Names of the caller it was opened for, where rules may ask for them. */
  readonly caller?: readonly string[] | undefined
}

/** Tells of an open connection whether the new version would let it through. */
export type Holds = (connection: OpenConnection) => boolean

/** What connections are weighed by. */
export interface Scales {
  readonly snapshot: Snapshot
  readonly nowMs: number
  readonly knowledge?: RevocationKnowledge | undefined
  /** What completes the chains of rules that have missing issuers fetched. */
  readonly issuers?: IssuerBook | undefined
  /** True to end only what rests on a revoked certificate: nothing else has changed since it was let through. */
  readonly revokedAlone?: boolean
}

const KNOWN_MAX = 4096

/** Makes the judge for one snapshot; many connections to one backend are judged once. */
export function reweighUnder({ snapshot, nowMs, knowledge, issuers, revokedAlone = false }: Scales): Holds {
  const judgeAddress = compileAddresses(snapshot.policy.addresses)
  const contexts = new Contexts(snapshot, issuers)
  const known = new Map<string, boolean>()

  const passes = (decision: AllowedDecision, { chain, tls }: OpenConnection): boolean => {
    const { plaintext, starttls, tunnels, revocation } = decision.rule
    if (revokedAlone && revocation.mode === 'off') return true
    if (plaintext || tunnels === 'blind') return true
    if (tls === undefined) return revokedAlone || starttls === 'may'
    const certificates = chain.map((der) => new crypto.X509Certificate(der))
    const question = { snapshot, decision, chain: certificates, nowMs, agreed: tls, contexts, knowledge }
    const { outcome, blocking } = judgeChain(question)
    return outcome !== 'refused' || (revokedAlone && !blocking.some(({ name }) => name === 'revoked'))
  }
  // Through an upstream proxy the address dialled is the proxy's own; the backend's is known only where it was asked for.
  const mayBeDialled = ({ rule, destination }: AllowedDecision, { address }: OpenConnection): boolean => {
    if (rule.via === undefined) return judgeAddress(address).allowed
    return destination.kind === 'name' || judgeAddress(destination.host).allowed
  }
  return (connection) => {
    const decision = decide(snapshot.policy, connection.destination, connection.caller)
    if (!decision.allowed || !mayBeDialled(decision, connection)) return false
    const key = `${decision.rule.index} ${keyOf(connection)}`
    const before = known.get(key)
    const holds = before ?? passes(decision, connection)
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(key, holds)
    return holds
  }
}

function keyOf({ destination, chain, tls }: OpenConnection): string {
  const hash = crypto.hash('sha256', Buffer.concat(chain), 'hex')
  return [destination.authority, tls?.protocol, tls?.cipher, tls?.group, tls?.dhBits, hash].join(' ')
}
