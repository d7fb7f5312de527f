/** Which trust stores and key pairs a policy names, so that whoever can look may check that they exist. */
import type { Policy } from '../policy.ts'
import type { Path } from './problem.ts'
import type { PolicyDocument, StrictTlsEntry } from './schema.ts'

/** One place of a document that names something outside it. */
export interface Mention {
  readonly kind: 'trust-store' | 'identity'
  readonly name: string
  readonly path: Path
}

/** Gives the trust stores that rules need, `bundled` and `system` among them, each once. */
export function namedStores(policy: Policy): string[] {
  return [...new Set(allRules(policy).flatMap(({ trustStores }) => trustStores))].toSorted()
}

/** Gives the key pairs that rules show, each once. */
export function namedIdentities(policy: Policy): string[] {
  return [...new Set(allRules(policy).flatMap(({ clientCertificate }) => clientCertificate ?? []))].toSorted()
}

/** Lists every mention in the order of the document, so that a missing one can be reported where it stands. */
export function mentionsOf({ spec }: PolicyDocument): Mention[] {
  const stores = (names: readonly string[] | undefined, path: Path): Mention[] =>
    (names ?? []).map((name, index) => ({ kind: 'trust-store', name, path: [...path, index] }))
  const store = (name: string | undefined, path: Path): Mention[] =>
    name === undefined || name === 'none' ? [] : [{ kind: 'trust-store', name, path }]
  const strictTls = (said: StrictTlsEntry | undefined, path: Path): Mention[] => [
    ...store(said?.defaultTrustStore, [...path, 'strictTls', 'defaultTrustStore']),
    ...stores(said?.customTrustStores, [...path, 'strictTls', 'customTrustStores']),
  ]
  return [
    ...strictTls(spec.strictTls, ['spec']),
    ...spec.rules.flatMap(({ strictTls: said, trustStores, clientCertificate: name }, index) => {
      const path = ['spec', 'rules', index]
      const identity: Mention[] =
        name === undefined ? [] : [{ kind: 'identity', name, path: [...path, 'clientCertificate'] }]
      return [...strictTls(said, path), ...stores(trustStores, [...path, 'trustStores']), ...identity]
    }),
  ]
}

function allRules({ rules, unlisted }: Policy): Policy['rules'] {
  return [...rules, unlisted]
}
