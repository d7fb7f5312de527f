/**
 * Which findings would refuse a backend. The verdict itself is asked about each of them, so that what `vedette explain`
 * and the page tell beforehand is what happens afterwards.
 */
import { type FindingName, findingNames, type Rule } from '../policy.ts'
import { reachVerdict, type VerdictInput } from '../verdict.ts'

/** Lists the findings of which each alone refuses; an exception that is bound to a key is not counted on. */
export function refusedFor(rule: Rule, circumstances: Omit<VerdictInput, 'findings' | 'rule' | 'spkiSha256'>) {
  return findingNames.filter((name) => {
    const findings = [{ name, detail: '' }]
    const { outcome } = reachVerdict({ findings, rule, spkiSha256: undefined, ...circumstances })
    return outcome === 'refused' && isSought(name, rule)
  })
}

/** Soft mode minds what nobody can say of a certificate that demands a staple, and of no other. */
function isSought(name: FindingName, { pins, revocation: { mode } }: Rule): boolean {
  if (name === 'pin-mismatch') return pins !== null
  if (name === 'revoked') return mode !== 'off'
  return name !== 'revocation-unknown' || mode === 'hard'
}
