/**
 * What a release and its runtime can offer, small enough to be kept with a version: the next release compares. It is
 * kept whole instead of looked up by name, because what is there depends on Node and OpenSSL as well as on us.
 */
import { createHash } from 'node:crypto'
import { columnsOf } from './cipher-columns.ts'
import type { ListKey } from './default-sets.ts'
import { newestProfile, type Profile, profiles } from './profiles.ts'

/** Names by list. */
export type NameLists = Readonly<Record<ListKey, readonly string[]>>

/** A catalogue as it was at some time. */
export interface CatalogueRecord {
  /** The default set of its day and a hash of all it has: the same id is the same catalogue. */
  readonly id: string
  readonly defaultSet: string
  readonly defaults: NameLists
  /** Everything that could be selected. */
  readonly available: NameLists
}

/** Records the catalogue of this release and runtime. */
export function currentCatalogue(): CatalogueRecord {
  const { protocols, ciphers, groups, signatureAlgorithms }: Profile = profiles[newestProfile]
  const names = (key: ListKey) => columnsOf(key, []).available.map(({ name }) => name)
  const defaults = { protocols: protocols.toReversed(), ciphers, groups, signatureAlgorithms }
  return makeCatalogue(newestProfile, defaults, {
    protocols: names('protocols'),
    ciphers: names('ciphers'),
    groups: names('groups'),
    signatureAlgorithms: names('signatureAlgorithms'),
  })
}

/** Makes the record of a catalogue. */
export function makeCatalogue(defaultSet: string, defaults: NameLists, available: NameLists): CatalogueRecord {
  const hash = createHash('sha256')
    .update(JSON.stringify([defaults, available]))
    .digest('hex')
  return { id: `${defaultSet}.${hash.slice(0, 12)}`, defaultSet, defaults, available }
}
