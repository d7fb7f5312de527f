/**
 * A chain judged without a handshake, by the findings and the verdict that a handshake would have had. OpenSSL's own
 * view of the chain is missing, so our own walk must find the way to an anchor by itself.
 */
import type crypto from 'node:crypto'
import type { AllowedDecision } from '../../policy/allowed-or-throw.ts'
import { nameToVerify } from '../../policy/names.ts'
import { reachVerdict, type Verdict } from '../../policy/verdict.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import { Contexts } from '../dial/contexts.ts'
import { judgePath, type RevocationKnowledge } from './find-revocation.ts'
import { type Agreed, certificateFindings, handshakeFindings } from './findings.ts'

export interface ChainQuestion {
  readonly snapshot: Snapshot
  readonly decision: AllowedDecision
  /** The backend's own certificate first. */
  readonly chain: readonly crypto.X509Certificate[]
  /** The moment to judge at: dates of certificates and of exceptions. */
  readonly nowMs: number
  /** What a handshake with this chain has settled on, where there was one. */
  readonly agreed?: Agreed
  /** Those of the snapshot, for whoever judges many chains. */
  readonly contexts?: Contexts
  /** Whom to ask about revocation; only what is known to be revoked counts, since no staple is at hand. */
  readonly knowledge?: RevocationKnowledge | undefined
}

/** Judges a chain as if the backend of the decision had shown it at that moment. */
export function judgeChain({ snapshot, decision, chain, nowMs, ...more }: ChainQuestion): Verdict {
  const { rule, destination } = decision
  const { agreed, contexts = new Contexts(snapshot), knowledge } = more
  const { anchors, intermediates } = contexts.of(rule)
  const name = nameToVerify(rule, destination)
  const shown = { chain, opensslError: undefined, offline: true, anchors, intermediates, name, rule, nowMs }
  const { findings, spkiSha256, revocation } = certificateFindings(shown)
  const judged = judgePath(knowledge && revocation, { rule, knowledge, now: () => nowMs })
  const revoked = judged.findings.filter((finding) => finding.name === 'revoked')
  return reachVerdict({
    findings: [...findings, ...revoked, ...(agreed === undefined ? [] : handshakeFindings(agreed, rule))],
    rule,
    exceptions: snapshot.policy.exceptions,
    destination,
    spkiSha256: spkiSha256 === '' ? undefined : spkiSha256,
    nowMs,
  })
}
