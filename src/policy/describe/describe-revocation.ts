/** What a rule does about revoked certificates, as a sentence. */
import type { RevocationRule, RevocationSource } from '../policy.ts'

/** Says who is asked, who is refused, and what becomes of what nobody can say. */
export function describeRevocation({ mode, sources }: RevocationRule): string {
  const by = listed(sources.map((source) => sourceNames[source]))
  switch (mode) {
    case 'off':
      return 'Nobody is asked whether a certificate was revoked.'
    case 'soft':
      return `Revoked certificates are refused, by ${by}; what nobody can say passes (soft).`
    case 'hard':
      return `Every certificate must be known not to be revoked, by ${by}; what nobody can say is refused (hard).`
  }
}

const sourceNames: Readonly<Record<RevocationSource, string>> = {
  stapled: 'stapled OCSP answers',
  crl: 'revocation lists',
  ocsp: 'OCSP responders',
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
