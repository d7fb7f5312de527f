import { suites, weaknessReasons } from '../../policy/catalogue/catalogue.ts'
import { type CatalogueView, viewCatalogue } from '../../policy/catalogue/catalogue-view.ts'
import { cipherColumns } from '../../policy/catalogue/cipher-columns.ts'
import type { DefaultSpan } from '../../policy/catalogue/default-sets.ts'
import { groups } from '../../policy/catalogue/groups.ts'
import { newestProfile, profiles } from '../../policy/catalogue/profiles.ts'
import { retiredProtocol } from '../../policy/catalogue/retired.ts'
import { flagReasons } from '../../policy/describe/effective-hello.ts'
import { policyJsonSchema } from '../../policy/document/json-schema.ts'
import { findingNames } from '../../policy/policy.ts'
import type { Handlers } from '../call.ts'
import type { KnownCatalogue } from '../contract.ts'
import type { Frozen } from '../instance.ts'

/** Everything a custom configuration may name, and what is good and bad about it. */
export const catalogueHandlers: Handlers<'catalogue' | 'policySchema'> = {
  policySchema: () => policyJsonSchema(),
  catalogue: () => ({
    runtime: { node: process.versions.node, openssl: process.versions.openssl },
    newestProfile,
    profiles: Object.entries(profiles).map(([name, profile]) => ({ name, ...profile })),
    protocols: protocolRows.map(({ name, remark }) => ({
      name,
      remark: retiredProtocol(name) ?? remark,
      available: retiredProtocol(name) === undefined,
      inDefault: (profiles[newestProfile].protocols as readonly string[]).includes(name),
    })),
    suites: suites.map(({ code: _, needs, ...suite }) => ({ ...suite, needs: needs ?? null })),
    groups: groups.map(({ name, aliases, inTls12, inTls13, postQuantum }) => ({
      name,
      aliases,
      postQuantum,
      protocols: [...(inTls13 ? ['TLSv1.3'] : []), ...(inTls12 ? ['TLSv1.2', 'TLSv1.1', 'TLSv1'] : [])],
      inDefault: (profiles[newestProfile].groups as readonly string[]).includes(name),
    })),
    known: knownOf(viewCatalogue({ all: true })),
    columns: cipherColumns({ ...usual, protocols: usual.protocols.toReversed() }),
    flags: flagReasons,
    findings: findingNames,
    weaknesses: weaknessReasons,
  }),
}

const usual = profiles[newestProfile]

/** What no default set has or had is told as null: JSON would leave it out. */
function knownOf({
  protocols,
  ciphers,
  groups: knownGroups,
  signatureAlgorithms,
}: CatalogueView): Frozen<KnownCatalogue> {
  const withSpan = <T extends DefaultSpan>(known: T) => ({
    ...known,
    since: known.since ?? null,
    until: known.until ?? null,
  })
  return {
    protocols: protocols.map(withSpan),
    ciphers: ciphers.map(withSpan),
    groups: knownGroups.map(withSpan),
    signatureAlgorithms: signatureAlgorithms.map(withSpan),
  }
}

/** Those of the old page, the removed one included, so that nobody looks for it in vain. */
const protocolRows = [
  { name: 'TLSv1.3', remark: '' },
  { name: 'TLSv1.2', remark: '' },
  { name: 'TLSv1.1', remark: 'deprecated (RFC 8996): only in a rule for one backend, with legacy.securityLevel 0' },
  { name: 'TLSv1', remark: 'deprecated (RFC 8996): only in a rule for one backend, with legacy.securityLevel 0' },
  { name: 'SSLv2Hello', remark: '' },
] as const
