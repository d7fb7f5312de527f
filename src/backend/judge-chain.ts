/**
 * A chain judged without a handshake, by the findings and the verdict that a handshake would have had. OpenSSL's own
 * view of the chain is missing, so our own walk must find the way to an anchor by itself.
 */
import type crypto from 'node:crypto'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import { nameToVerify } from '../policy/names.ts'
import { reachVerdict, type Verdict } from '../policy/verdict.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { Contexts } from './contexts.ts'
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
}

/** Judges a chain as if the backend of the decision had shown it at that moment. */
export function judgeChain({ snapshot, decision, chain, nowMs, ...more }: ChainQuestion): Verdict {
  const { rule, destination } = decision
  const { agreed, contexts = new Contexts(snapshot) } = more
  const { anchors, intermediates } = contexts.of(rule)
  const name = nameToVerify(rule, destination)
  const shown = { chain, opensslError: undefined, offline: true, anchors, intermediates, name, rule, nowMs }
  const { findings, spkiSha256 } = certificateFindings(shown)
  return reachVerdict({
    findings: [...findings, ...(agreed === undefined ? [] : handshakeFindings(agreed, rule))],
    rule,
    exceptions: snapshot.policy.exceptions,
    destination,
    spkiSha256: spkiSha256 === '' ? undefined : spkiSha256,
    nowMs,
  })
}
