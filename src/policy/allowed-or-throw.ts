import { SidecarError } from '../errors.ts'
import type { Decision } from './decision.ts'

export type AllowedDecision = Decision & { readonly allowed: true }

/** Lets a decision that allows through; throws POLICY_RULE_DENIES or POLICY_UNLISTED for one that does not. */
export function allowedOrThrow(decision: Decision): AllowedDecision {
  if (decision.allowed) return decision
  const { destination, rule, reason } = decision
  // With the decision itself, so that the record of the request can name the destination it never reached.
  const details = { destination: destination.authority, rule: rule.name, decision }
  if (reason === 'rule-denies') {
    throw new SidecarError('POLICY_RULE_DENIES', `rule ${rule.name} denies ${destination.authority}`, { details })
  }
  const message = `no rule names ${destination.authority}, and the policy denies the unlisted`
  throw new SidecarError('POLICY_UNLISTED', message, { details })
}
