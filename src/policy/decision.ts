import type { Destination } from './destination.ts'
import type { Rule } from './policy.ts'

/** What the policy says of a destination before anything is dialled. */
export type Decision =
  | { readonly allowed: true; readonly destination: Destination; readonly rule: Rule; readonly reason: AllowReason }
  | { readonly allowed: false; readonly destination: Destination; readonly rule: Rule; readonly reason: DenyReason }

/** Why a destination may be dialled. */
export type AllowReason = 'rule' | 'unlisted-allowed'
/** Why a destination may not be dialled. */
export type DenyReason = 'rule-denies' | 'unlisted-denied'
