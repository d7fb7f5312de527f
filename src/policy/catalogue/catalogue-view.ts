/** The catalogue as commands, the API and the page show it: everything known, or what one rule offers, in its order. */

import type { TlsOffer } from '../policy.ts'
import { type DefaultSpan, defaultSpan } from './default-sets.ts'
import { findGroup, readGroups } from './groups.ts'
import { type KnownGroup, knownGroups } from './known-groups.ts'
import { type KnownProtocol, knownProtocols } from './known-protocols.ts'
import { type KnownSuite, knownSuites } from './known-suites.ts'
import { type SignatureAlgorithm, signatureAlgorithms } from './signature-algorithms.ts'

/** Each list with all that is known of its entries. */
export interface CatalogueView {
  readonly protocols: readonly KnownProtocol[]
  readonly ciphers: readonly KnownSuite[]
  readonly groups: readonly KnownGroup[]
  readonly signatureAlgorithms: readonly KnownSignature[]
}

/** A signature algorithm, with the default sets that have it. */
export type KnownSignature = SignatureAlgorithm & DefaultSpan

const knownSignatures: readonly KnownSignature[] = signatureAlgorithms.map((each) => ({
  ...each,
  ...defaultSpan('signatureAlgorithms', each.name),
}))

/** Shows the catalogue of this runtime; with `all` also what it lacks, with the reason why. */
export function viewCatalogue({ all }: { readonly all: boolean }): CatalogueView {
  const shown = <T extends { readonly available: boolean }>(known: readonly T[]) =>
    known.filter(({ available }) => all || available)
  return {
    protocols: shown(knownProtocols),
    ciphers: shown(knownSuites),
    groups: shown(knownGroups),
    signatureAlgorithms: shown(knownSignatures),
  }
}

/** Shows what an offer has, in the order in which it is offered. */
export function viewOffer(offer: TlsOffer): CatalogueView {
  const groups = readGroups(offer.groups).map((name) => findGroup(name)?.name)
  return {
    protocols: knownProtocols.filter(({ name }) => offer.protocols.some((protocol) => protocol === name)),
    ciphers: offer.ciphers.flatMap((name) => knownSuites.find(({ iana }) => iana === name) ?? []),
    groups: groups.flatMap((name) => knownGroups.find((group) => group.name === name) ?? []),
    signatureAlgorithms: offer.signatureAlgorithms.flatMap(
      (name) => knownSignatures.find((each) => each.name === name) ?? [],
    ),
  }
}
