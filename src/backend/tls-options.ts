/**
 * Rule to TLS options, pure. Everything is said out loud (versions, suites, groups, security level), so that neither
 * a default of OpenSSL nor NODE_OPTIONS nor openssl.cnf decides what is offered. FACTS: suites up to TLS 1.2 must go
 * by their OpenSSL names, a list of them alone would still offer TLS 1.3, and words OpenSSL does not know are skipped
 * in silence; the policy has checked the names, test/backend/tls-options.test.ts reads the ClientHello that leaves.
 */
import { constants } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import { findSuite } from '../policy/catalogue.ts'
import type { Destination } from '../policy/destination.ts'
import { findGroup, readGroups, writeGroups } from '../policy/groups.ts'
import type { Protocol, Rule, TlsOffer } from '../policy/policy.ts'
import { newestProfile, profiles } from '../policy/profiles.ts'

/** What really goes into the ClientHello: the rule's own lists, or more where the rule only reports. */
export type Offer = Pick<TlsOffer, 'protocols' | 'openssl' | 'groups' | 'securityLevel'>

/** What OpenSSL 3.5 takes by itself; naming it again would only hide the exceptions. */
const USUAL_SECURITY_LEVEL = 2

/** Tells what to offer: in report mode more than the rule allows, so that what a backend picks can be reported. */
export function offerOf(rule: Rule): Offer {
  return rule.enforcement === 'report' ? widen(rule.tls) : rule.tls
}

/** Turns an offer into the part of the context options that it decides. */
export function optionsOf({ protocols, openssl, groups, securityLevel }: Offer): SecureContextOptions {
  return {
    // Protocols with a hole (1.0 and 1.2 without 1.1) are offered as the whole range, and the verdict refuses the hole:
    // with SSL_OP_NO_TLSv1_1 OpenSSL 3.5 would offer the lowest part alone, and lead a backend of today down to 1.0.
    minVersion: protocols[0] as Protocol,
    maxVersion: protocols.at(-1) as Protocol,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ciphers: cipherString(openssl, securityLevel),
    ecdhCurve: groups,
  }
}

/** Tells the name for the SNI extension; empty for none. An address is never sent (RFC 6066). */
export function serverNameFor(rule: Rule, destination: Destination): string {
  if (typeof rule.sni === 'string') return rule.sni
  return rule.sni && destination.kind === 'name' ? destination.host : ''
}

/** Tells the name or address the certificate must carry; it does not depend on what SNI says. */
export function nameToVerify(rule: Rule, destination: Destination): string {
  return rule.verifyName ?? destination.host
}

function cipherString({ tls13, legacy }: Offer['openssl'], securityLevel: number): string {
  if (securityLevel === USUAL_SECURITY_LEVEL) return [...tls13, ...legacy].join(':')
  // The level rides on the older list; with TLS 1.3 alone that list is never offered and may hold anything.
  return [...tls13, ...(legacy.length > 0 ? legacy : ['ALL']), `@SECLEVEL=${securityLevel}`].join(':')
}

const ascending: readonly Protocol[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/** The rule's lists first, in their order, and what the newest default set has beside them. */
function widen(tls: TlsOffer): Offer {
  const usual = profiles[newestProfile]
  const suites = usual.ciphers.flatMap((name) => findSuite(name) ?? [])
  const usualTls13 = suites.filter((suite) => suite.protocols.includes('TLSv1.3'))
  const usualLegacy = suites.filter((suite) => !suite.protocols.includes('TLSv1.3'))
  const usualGroups = usual.groups.filter((name) => tls.postQuantum !== 'off' || !findGroup(name)?.postQuantum)
  return {
    protocols: ascending.filter((each) => tls.protocols.includes(each) || includes(usual.protocols, each)),
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
    securityLevel: tls.securityLevel,
  }
}

function includes(list: readonly string[], item: string): boolean {
  return list.includes(item)
}

function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second])]
}
