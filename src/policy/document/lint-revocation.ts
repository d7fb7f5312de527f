/**
 * Revocation that refuses nobody. What was taken back is found out all the same, and waited for in hard mode; where
 * nobody verifies the certificate it is only told, and whoever wrote the mode means more than that.
 */
import type { Policy } from '../policy.ts'
import type { Spec } from './schema.ts'
import type { Note } from './tls-scope.ts'

/** Warns of each mode that somebody wrote and that refuses nobody. */
export function lintRevocation(spec: Spec, policy: Policy, note: Note): void {
  // The default stands there unsaid; hard mode is what somebody wrote.
  if (spec.revocation.mode === 'hard' && !spec.strictTls.enabled && !isInherited(spec, policy)) {
    note('warning', ['spec', 'revocation', 'mode'], strictOffReason)
  }
  for (const [index, entry] of spec.rules.entries()) {
    const said = entry.revocation?.mode
    const rule = policy.rules[index]
    if (said === undefined || said === 'off' || rule?.action !== 'allow') continue
    const path = ['spec', 'rules', index, 'revocation', 'mode']
    if (rule.pins?.mode === 'instead') note('warning', path, pinsReason)
    else if (!rule.strict) note('warning', path, strictOffReason)
  }
}

const strictOffReason = 'refuses nobody while strict TLS is off: what it finds is only logged'
const pinsReason = 'refuses nobody: the pins stand instead of the certificate'

/** Tells whether a rule that verifies certificates takes over what the policy says for all. */
function isInherited({ rules }: Spec, policy: Policy): boolean {
  return rules.some((entry, index) => {
    const rule = policy.rules[index]
    return entry.revocation?.mode === undefined && rule?.action === 'allow' && rule.strict
  })
}
