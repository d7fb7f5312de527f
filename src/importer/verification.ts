/** What a rule says about whom it trusts, in the words that reports of all kinds share. */
import type { ImportContext, RuleInput } from './importer.ts'
import type { Place } from './report.ts'

/** The part of a rule, or of the policy, that says whether backends are verified. */
export type StrictInput = NonNullable<RuleInput['strictTls']>

/** What every importer says of a backend that nobody verifies. */
export const unverified =
  'neither chain nor name is verified: anyone on the way can pose as the backend; ' +
  'strictTls.enabled: true with enforcement: report shows what verifying would refuse'

/** What every importer says of a chain that is verified without a name. */
export const namelessChain =
  'the chain was verified without a name, so anyone with any certificate of that issuer could pose as the backend; ' +
  'here the name asked for is verified as well'

/** Takes a file of issuers for a trust store, and says what is left to do by hand. */
export function takeTrustStore(path: string, at: Place, { names, tell }: ImportContext): string {
  const name = names.store(path)
  if (name === 'system') tell(at, 'taken', 'the trust store system')
  else tell(at, 'changed', `the trust store ${name}: copy ${path} into truststores/${name}/`)
  return name
}

/** Takes a certificate to show to backends, and says what is left to do by hand. */
export function takeIdentity(path: string, at: Place, { names, tell }: ImportContext): string {
  const name = names.identity(path)
  tell(at, 'changed', `the client certificate ${name}: copy ${path} and its key into identities/${name}/`)
  return name
}
