/** What a destination would meet under a snapshot, found by a handshake of our own that carries no traffic. */
import type { Backends } from '../../../backend/backends.ts'
import { asSidecarError, faultOf } from '../../../errors.ts'
import { decide } from '../../../policy/decide.ts'
import type { DenyReason } from '../../../policy/decision.ts'
import type { Destination } from '../../../policy/destination.ts'
import type { Rule } from '../../../policy/policy.ts'
import type { Finding, Verdict } from '../../../policy/verdict.ts'
import type { StarttlsProtocol } from '../../../settings/service.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'

/** How a destination fares. `denied` is refused before anything is dialled, `unreachable` says nothing of the policy. */
export interface Trial {
  readonly outcome: 'trusted' | 'allowed' | 'refused' | 'denied' | 'unreachable'
  readonly rule: string
  /** In half a sentence; empty where there is nothing to say. */
  readonly why: string
  readonly findings: readonly Finding[]
}

interface Circumstances {
  readonly snapshot: Snapshot
  readonly backends: Backends
  /** What TLS is asked for in, on a connection that begins in plain text. */
  readonly starttls?: StarttlsProtocol | undefined
}

/** Tries one destination; never throws. */
export async function tryDestination(
  destination: Destination,
  { snapshot, backends, starttls }: Circumstances,
): Promise<Trial> {
  const decision = decide(snapshot.policy, destination)
  const rule = decision.rule.name
  if (!decision.allowed) return { outcome: 'denied', rule, why: denials[decision.reason], findings: [] }
  if (decision.rule.plaintext) return { outcome: 'allowed', rule, why: 'plain text', findings: [] }
  try {
    const { verdict } = await (starttls === undefined
      ? backends.verdictFor(decision)
      : backends.examine(decision, starttls))
    const { outcome, findings: all, weighed: findings = all } = verdict
    const minded = findings.filter(({ isAside }) => !isAside)
    return { outcome, rule, why: minded.map(({ name }) => name).join(', '), findings }
  } catch (thrown) {
    return { rule, ...describeFailure(thrown, decision.rule) }
  }
}

function describeFailure(thrown: unknown, rule: Rule): Omit<Trial, 'rule'> {
  const { code, message, details } = asSidecarError(thrown)
  if (code === 'BACKEND_NO_STARTTLS' && rule.starttls === 'may') {
    return { outcome: 'allowed', why: 'plain text', findings: [] }
  }
  if (code === 'POLICY_ADDRESS_DENIED') return { outcome: 'denied', why: message, findings: [] }
  // A backend that speaks nothing we offer is refused by the policy's TLS settings, whoever sent the alert.
  const refused = faultOf(code) === 'policy' || handshakeFailures.includes(code)
  const { findings: all = [], weighed: findings = all } = (details.verdict ?? {}) as Partial<Verdict>
  return { outcome: refused ? 'refused' : 'unreachable', why: message, findings }
}

const denials: Readonly<Record<DenyReason, string>> = {
  'rule-denies': 'the rule denies it',
  'unlisted-denied': 'the policy denies what no rule names',
}

const handshakeFailures: readonly string[] = ['BACKEND_HANDSHAKE_FAILED', 'BACKEND_REFUSED_US', 'BACKEND_NO_STARTTLS']
