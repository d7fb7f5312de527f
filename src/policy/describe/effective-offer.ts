/** What a rule really offers: its own lists, or more where it only reports, so that what a backend picks can be told. */
import { findSuite } from '../catalogue/catalogue.ts'
import { signaturesFor } from '../catalogue/choose-signatures.ts'
import { findGroup, readGroups, writeGroups } from '../catalogue/groups.ts'
import { newestProfile, profiles } from '../catalogue/profiles.ts'
import { allProtocols } from '../document/check-legacy.ts'
import type { Rule, TlsOffer } from '../policy.ts'

/** What really goes into the ClientHello. */
export type Offer = Pick<
  TlsOffer,
  'protocols' | 'openssl' | 'groups' | 'signatureAlgorithms' | 'securityLevel' | 'unsafeRenegotiation'
>

/** Tells what to offer: in report mode more than the rule allows, for nothing may fail that only is to be reported. */
export function offerOf(rule: Rule): Offer {
  return rule.enforcement === 'report' ? widen(rule.tls) : rule.tls
}

/**
 * The same offer without post-quantum groups, for a backend that cannot take them. Undefined where there is none to
 * fall back from, or none to fall back to: a rule with hybrid groups alone insists, and is never led below them.
 */
export function classicOffer(offer: Offer): Offer | undefined {
  const all = readGroups(offer.groups)
  const classic = all.filter((name) => !findGroup(name)?.postQuantum)
  const hasClassic = classic.some((name) => findGroup(name)?.inTls13)
  return classic.length === all.length || !hasClassic ? undefined : { ...offer, groups: writeGroups(classic, 'off') }
}

/** The rule's lists first, in their order, and what the newest default set has beside them. */
function widen(tls: TlsOffer): Offer {
  const usual = profiles[newestProfile]
  const suites = usual.ciphers.flatMap((name) => findSuite(name) ?? [])
  const usualTls13 = suites.filter((suite) => suite.protocols.includes('TLSv1.3'))
  const usualLegacy = suites.filter((suite) => !suite.protocols.includes('TLSv1.3'))
  const usualGroups = usual.groups.filter((name) => tls.postQuantum !== 'off' || !findGroup(name)?.postQuantum)
  const protocols = allProtocols.filter((each) => tls.protocols.includes(each) || includes(usual.protocols, each))
  const signatures = signaturesFor(protocols, [...tls.signatureAlgorithms, ...usual.signatureAlgorithms])
  return {
    protocols,
    openssl: {
      legacy: union(
        tls.openssl.legacy,
        usualLegacy.map((suite) => suite.openssl),
      ),
      tls13: union(
        tls.openssl.tls13,
        usualTls13.map((suite) => suite.openssl),
      ),
    },
    groups: writeGroups(union(readGroups(tls.groups), usualGroups), tls.postQuantum),
    signatureAlgorithms: signatures.map(({ name }) => name),
    securityLevel: tls.securityLevel,
    unsafeRenegotiation: tls.unsafeRenegotiation,
  }
}

function includes(list: readonly string[], item: string): boolean {
  return list.includes(item)
}

function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second])]
}
