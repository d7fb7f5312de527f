/**
 * Trust stores by name: `bundled` and `system` are built in, every other name is a folder (or one file) under
 * the trust store folder. A store is taken whole or not at all, so a half-copied folder never narrows trust in
 * silence, and everything wrong with every store is told at once.
 */
import { SidecarError } from '../errors.ts'
import { makeTrustSet } from './make-trust-set.ts'
import { readStore, type StorePlace } from './read-store.ts'
import type { TrustSet } from './trust-set.ts'

export interface LoadedTrust {
  readonly sets: Readonly<Record<string, TrustSet>>
  /** One for each thing wrong: OPERATOR_BAD_TRUST_STORE, with `store` and often `file` among its details. */
  readonly problems: readonly SidecarError[]
}

/** Loads each named store; a store with any problem is not among the sets. */
export async function loadTrustSets({
  names,
  ...place
}: StorePlace & { readonly names: readonly string[] }): Promise<LoadedTrust> {
  const sets: Record<string, TrustSet> = {}
  const problems: SidecarError[] = []
  for (const name of new Set(names)) {
    const { sources, wrong } = await readStore(name, place)
    if (wrong.length > 0) problems.push(...wrong.map((error) => naming(name, error)))
    else {
      sets[name] = makeTrustSet(
        name,
        sources.flatMap(({ certificates }) => certificates),
      )
    }
  }
  return { sets: Object.freeze(sets), problems }
}

/** The same error with the name of the store among its details. */
export function naming(store: string, error: SidecarError): SidecarError {
  const { code, message, details, cause } = error
  return new SidecarError(code, message, { details: { ...details, store }, cause })
}
