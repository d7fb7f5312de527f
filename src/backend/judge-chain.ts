/**
 * A chain judged without a handshake, by the findings and the verdict that a handshake would have had. What only a
 * handshake shows (protocol, suite, group, OpenSSL's own view of the chain) is missing, so our own walk must find the
 * way to an anchor by itself.
 */
import type crypto from 'node:crypto'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import { nameToVerify } from '../policy/names.ts'
import { reachVerdict, type Verdict } from '../policy/verdict.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { Contexts } from './contexts.ts'
import { certificateFindings } from './findings.ts'

export interface ChainQuestion {
  readonly snapshot: Snapshot
  readonly decision: AllowedDecision
  /** The backend's own certificate first. */
  readonly chain: readonly crypto.X509Certificate[]
  /** The moment to judge at: dates of certificates and of exceptions. */
  readonly nowMs: number
}

/** Judges a chain as if the backend of the decision had shown it at that moment. */
export function judgeChain({ snapshot, decision, chain, nowMs }: ChainQuestion): Verdict {
  const { rule, destination } = decision
  const { anchors, intermediates } = new Contexts(snapshot).of(rule)
  const name = nameToVerify(rule, destination)
  const shown = { chain, opensslError: undefined, offline: true, anchors, intermediates, name, rule, nowMs }
  const { findings, spkiSha256 } = certificateFindings(shown)
  return reachVerdict({
    findings,
    rule,
    exceptions: snapshot.policy.exceptions,
    destination,
    spkiSha256: spkiSha256 === '' ? undefined : spkiSha256,
    nowMs,
  })
}
