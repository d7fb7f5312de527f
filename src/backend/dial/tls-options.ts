/**
 * Offer to TLS options, pure. Everything is said out loud (versions, suites, groups, signature algorithms, security
 * level), so that neither a default of OpenSSL nor NODE_OPTIONS nor openssl.cnf decides what is offered. FACTS: suites up
 * to TLS 1.2 must go by their OpenSSL names, a list of them alone would still offer TLS 1.3, and words OpenSSL does not
 * know are skipped in silence; the policy has checked the names, test/backend/client-hello.test.ts reads what leaves.
 */
import { constants } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import { findSignatureAlgorithm } from '../../policy/catalogue/signature-algorithms.ts'
import type { Offer } from '../../policy/describe/effective-offer.ts'
import type { Protocol } from '../../policy/policy.ts'

/** What OpenSSL 3.5 takes by itself; naming it again would only hide the exceptions. */
const USUAL_SECURITY_LEVEL = 2

/** Turns an offer into the part of the context options that it decides. */
export function optionsOf(offer: Offer): SecureContextOptions {
  const { protocols, openssl, groups, signatureAlgorithms, securityLevel, unsafeRenegotiation } = offer
  const unsafe = unsafeRenegotiation ? constants.SSL_OP_LEGACY_SERVER_CONNECT : 0
  return {
    // Protocols with a hole (1.0 and 1.2 without 1.1) are offered as the whole range, and the verdict refuses the hole:
    // with SSL_OP_NO_TLSv1_1 OpenSSL 3.5 would offer the lowest part alone, and lead a backend of today down to 1.0.
    minVersion: protocols[0] as Protocol,
    maxVersion: protocols.at(-1) as Protocol,
    // Also behind the legacy hatch nobody renegotiates: another certificate would come without a verdict.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | unsafe,
    ciphers: cipherString(openssl, securityLevel),
    ecdhCurve: groups,
    ...(signatureAlgorithms.length === 0 ? {} : { sigalgs: signatureAlgorithms.map(opensslName).join(':') }),
  }
}

function opensslName(name: string): string {
  return findSignatureAlgorithm(name)?.openssl ?? name
}

function cipherString({ tls13, legacy }: Offer['openssl'], securityLevel: number): string {
  if (securityLevel === USUAL_SECURITY_LEVEL) return [...tls13, ...legacy].join(':')
  // The level rides on the older list; with TLS 1.3 alone that list is never offered and may hold anything.
  return [...tls13, ...(legacy.length > 0 ? legacy : ['ALL']), `@SECLEVEL=${securityLevel}`].join(':')
}
