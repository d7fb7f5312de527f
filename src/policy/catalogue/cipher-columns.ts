/**
 * The two columns of the page, Available and Selected: everything this runtime can offer stands in one of them, marked
 * as default, weak or not. What the runtime no longer has stands in neither; what was written and is lost is told apart.
 */

import type { TlsPlace } from '../document/tls-places.ts'
import type { TlsOffer } from '../policy.ts'
import { suites } from './catalogue.ts'
import type { ListKey } from './default-sets.ts'
import { groups, readGroups } from './groups.ts'
import { findKnownGroup, knownGroups } from './known-groups.ts'
import { knownProtocols } from './known-protocols.ts'
import { findKnownSuite, knownSuites } from './known-suites.ts'
import { newestProfile, type Profile, profiles } from './profiles.ts'
import { findSignatureAlgorithm, signatureAlgorithms } from './signature-algorithms.ts'

/** What is selected, in order, under any names. */
export type Selection = Readonly<Record<ListKey, readonly string[]>>

/** One row of a column. */
export interface ColumnEntry {
  /** The name documents use. */
  readonly name: string
  readonly openssl: string
  /** In the newest default set: the page colours these. */
  readonly isDefault: boolean
  readonly strength: 'good' | 'weak' | 'broken'
  readonly bits: number | null
  /** Why it is weak; empty for a good one. */
  readonly reason: string
}

/** Something selected that stands in neither column. */
export interface LostEntry {
  /** As it was written. */
  readonly name: string
  readonly reason: string
}

/** The columns of one list. */
export interface Columns {
  readonly available: readonly ColumnEntry[]
  /** In the order in which they are offered, protocols the newest first. */
  readonly selected: readonly ColumnEntry[]
  readonly lost: readonly LostEntry[]
}

/** The columns of every list. */
export type ColumnsByList = Readonly<Record<ListKey, Columns>>

/** Tells which column each protocol, suite, group and signature algorithm stands in. */
export function cipherColumns(selection: Selection): ColumnsByList {
  return {
    protocols: columnsOf('protocols', selection.protocols),
    ciphers: columnsOf('ciphers', selection.ciphers),
    groups: columnsOf('groups', selection.groups),
    signatureAlgorithms: columnsOf('signatureAlgorithms', selection.signatureAlgorithms),
  }
}

/**
 * Tells the columns of a place of a document. A list that is written out is selected as it is written, also what never
 * leaves in a hello or is lost; what is not written is what the offer has.
 */
export function columnsAt({ configuration, lists }: TlsPlace, offer: TlsOffer): ColumnsByList {
  return cipherColumns({ ...selectionOf(offer), ...(configuration === 'custom' ? lists : {}) })
}

/** Gives what an offer selects. */
export function selectionOf({ protocols, ciphers, groups, signatureAlgorithms }: TlsOffer): Selection {
  return { protocols: protocols.toReversed(), ciphers, groups: readGroups(groups), signatureAlgorithms }
}

/** Gives the columns of one list. */
export function columnsOf(key: ListKey, names: readonly string[]): Columns {
  const entries = new Map(offerable[key]().map((entry) => [entry.name, entry]))
  const canonical = [...new Set(names.map((name) => canonicalName(key, name)))]
  // Protocols have no order of preference: a hello offers a range of them.
  const inOrder = key === 'protocols' ? [...entries.keys()].filter((name) => canonical.includes(name)) : canonical
  return {
    selected: inOrder.flatMap((name) => entries.get(name) ?? []),
    available: [...entries.values()].filter(({ name }) => !canonical.includes(name)),
    lost: names
      .filter((name) => !entries.has(canonicalName(key, name)))
      .map((name) => ({ name, reason: whyLost(key, name) })),
  }
}

/** The one name documents, logs and pages use; what nobody knows stays as it is. */
export function canonicalName(key: ListKey, name: string): string {
  switch (key) {
    case 'ciphers':
      return findKnownSuite(name)?.iana ?? name
    case 'groups':
      return findKnownGroup(name)?.name ?? name
    case 'signatureAlgorithms':
      return findSignatureAlgorithm(name)?.name ?? name
    case 'protocols':
      return name
  }
}

/** Tells why a name stands in no column. */
export function whyLost(key: ListKey, name: string): string {
  const known = {
    protocols: () => knownProtocols.find((protocol) => protocol.name === name),
    ciphers: () => findKnownSuite(name),
    groups: () => findKnownGroup(name),
    signatureAlgorithms: () => findSignatureAlgorithm(name),
  }[key]()
  if (known === undefined) return 'nothing of that name is known'
  return known.reason === '' ? 'this runtime no longer has it' : known.reason
}

const usual: Profile = profiles[newestProfile]

/** What can be selected at all, the best first as the catalogue has it. */
const offerable: Readonly<Record<ListKey, () => readonly ColumnEntry[]>> = {
  protocols: () =>
    knownProtocols
      .filter(({ available }) => available)
      .map((protocol) => entryOf('protocols', protocol, { name: protocol.name, bits: null })),
  ciphers: () => {
    const free = new Set(suites.filter(({ needs }) => needs === undefined).map(({ iana }) => iana))
    return knownSuites
      .filter(({ iana }) => free.has(iana))
      .map((suite) =>
        entryOf('ciphers', { ...suite, reason: suite.weaknesses.join(', ') }, { name: suite.iana, bits: suite.bits }),
      )
  },
  groups: () => {
    const nameable = new Set(groups.map(({ name }) => name))
    return knownGroups.filter(({ name }) => nameable.has(name)).map((group) => entryOf('groups', group, group))
  },
  signatureAlgorithms: () =>
    signatureAlgorithms.filter(({ available }) => available).map((each) => entryOf('signatureAlgorithms', each, each)),
}

function entryOf(
  key: ListKey,
  { openssl, strength, reason }: Pick<ColumnEntry, 'strength' | 'reason'> & { readonly openssl: string | null },
  { name, bits }: Pick<ColumnEntry, 'name' | 'bits'>,
): ColumnEntry {
  const isDefault = (usual[key] as readonly string[]).includes(name)
  return { name, openssl: openssl ?? name, isDefault, strength, bits, reason }
}
