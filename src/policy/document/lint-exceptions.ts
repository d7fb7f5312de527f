/** What exceptions forgive and should not lightly, and what they can hardly forgive at all. */

import { decide } from '../decide.ts'
import { type FindingName, type Policy, type Rule, trustFindings } from '../policy.ts'
import { usualSecurityLevel } from './check-legacy.ts'
import type { Spec } from './schema.ts'
import type { Note } from './tls-scope.ts'

/** Notes every doubtful exception of a document whose rules are resolved in `policy`. */
export function lintExceptions({ exceptions }: Spec, policy: Policy, note: Note): void {
  for (const [index, { backend, findings, spkiSha256 }] of exceptions.entries()) {
    const entry = ['spec', 'exceptions', index]
    const path = [...entry, 'findings']
    const identity = findings.filter((name) => name === 'name-mismatch' || trustFindings.includes(name))
    if (identity.length > 0 && spkiSha256 === undefined) {
      const reason = 'lets anyone on the way pose as the backend: add the spkiSha256 of its key'
      note('warning', path, `forgiving ${identity.join(', ')} ${reason}`, [entry])
    }
    const { rule } = decide(policy, backend)
    const narrow = findings.filter((name) => isNeverAgreed(name, rule))
    if (narrow.length > 0) {
      const reason =
        'widens nothing that is offered, and only tunnels of callers agree on more: give it a rule that offers it'
      note('warning', path, `forgiving ${narrow.join(', ')} ${reason}`, [entry, ['spec', 'rules'], ['spec', 'tls']])
    }
  }
}

/** What a rule does not offer no backend can agree on with us, but for what stands beside the lists. */
function isNeverAgreed(name: FindingName, { enforcement, tls }: Rule): boolean {
  if (enforcement === 'report') return false
  if (name === 'cipher-refused' || name === 'protocol-refused') return true
  // Below the usual level OpenSSL takes small Diffie-Hellman groups, and it is us who mind them.
  return name === 'group-refused' && tls.securityLevel === usualSecurityLevel
}
