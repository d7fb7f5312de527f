/** What an operator can do about a reason, in one sentence: about a finding the same that callers read in a refusal. */
import { remedies } from '../../policy/remedies.ts'

/** Suggests what to do about a reason: a finding, or an error code. */
export function suggestFix(reason: string): string {
  return fixes[reason] ?? (reason.startsWith('BACKEND_') ? unreachable : byCode)
}

/** Tells a reason that something is wrong, which the documents explain, from why connections pass. */
export function isFault(reason: string): boolean {
  return reason in fixes || /^[A-Z]/.test(reason)
}

/** Tells whether trusting a certificate of the chain would mend one of the findings. */
export function isMendedByTrust(findings: readonly string[]): boolean {
  return findings.some((name) => trustFindings.includes(name))
}

/** What allow-and-log forgives, and what a trust store mends. */
const trustFindings: readonly string[] = ['untrusted-issuer', 'self-signed', 'incomplete-chain']

const fixes: Readonly<Record<string, string>> = {
  ...remedies,
  POLICY_UNLISTED: 'Add a rule for this destination: the policy denies what no rule names.',
  POLICY_RULE_DENIES: 'A rule denies this destination; change the rule if it should not.',
}
const unreachable = 'The backend was not reached, or gave up the handshake: probe it now to see at which step.'
const byCode = 'The entry of this code says what it means and what to do about it.'
