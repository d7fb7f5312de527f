/** Which signature algorithms a ClientHello asks for, and what is wrong or doubtful about a list of them. */

import { holesIn } from '../document/check-legacy.ts'
import type { TlsEntry } from '../document/schema.ts'
import type { TlsScope } from '../document/tls-scope.ts'
import type { Protocol } from '../policy.ts'
import type { Suite } from './catalogue.ts'
import { findSignatureAlgorithm, type SignatureAlgorithm, type SignatureKey } from './signature-algorithms.ts'

/** Picks from a list what can go out: OpenSSL leaves out by itself what no protocol offered could use. */
export function signaturesFor(protocols: readonly Protocol[], names: readonly string[]): SignatureAlgorithm[] {
  const algorithms = names.flatMap((name) => findSignatureAlgorithm(name) ?? [])
  return [...new Set(algorithms)].filter((algorithm) => isSent(algorithm, protocols))
}

/** What is asked for where no list says otherwise: the set's own, and at security level 0 what old backends sign with. */
export function usualSignatures(profile: readonly string[], securityLevel: number): readonly string[] {
  return securityLevel === 0 ? [...profile, 'ecdsa_sha1', 'rsa_pkcs1_sha1'] : profile
}

/**
 * Tells whether a backend under a suite could prove itself by one of the algorithms. OpenSSL leaves suites out of the
 * ClientHello whose kind of key no algorithm signs with; TLS 1.3 chooses keys apart from suites.
 */
export function provable(suite: Suite, algorithms: readonly SignatureAlgorithm[]): boolean {
  // Without TLS 1.2 there is no list to ask for, and none to leave anything out.
  if (suite.protocols.includes('TLSv1.3') || algorithms.length === 0) return true
  return algorithms.some(({ key }) => keysOf(suite).includes(key))
}

/** Tells the kinds of keys that prove a backend under a suite. */
export function keysOf({ iana }: Suite): readonly SignatureKey[] {
  return iana.includes('_ECDSA_') ? ['ECDSA', 'EdDSA'] : ['RSA', 'RSA-PSS']
}

/** Checks a list that is written out. */
export function checkSignatures(
  protocols: readonly Protocol[],
  { entry, securityLevel }: { readonly entry: TlsEntry; readonly securityLevel: number },
  { path, note, said }: TlsScope,
): void {
  const names = entry.signatureAlgorithms
  if (names === undefined || entry.configuration !== 'custom') return
  const place = [...path, said.signatureAlgorithms === undefined ? 'protocols' : 'signatureAlgorithms']
  for (const protocol of protocols.filter((each) => each === 'TLSv1.2' || each === 'TLSv1.3')) {
    if (names.some((name) => signs(findSignatureAlgorithm(name), protocol))) continue
    note('error', place, `no signature algorithm for ${protocol}: name one that it can use, or take it from protocols`)
  }
  for (const [index, name] of (said.signatureAlgorithms ?? []).entries()) {
    const algorithm = findSignatureAlgorithm(name)
    if (algorithm === undefined) continue
    const at = [...path, 'signatureAlgorithms', index]
    if (algorithm.bits < (bitsOfLevel[securityLevel] ?? 0)) {
      const why = `OpenSSL gives it up above security level 0: ${algorithm.reason}`
      note('error', at, `${name}: ${why} (legacy: { securityLevel: 0 } in a rule)`)
    } else if (!isSent(algorithm, [...protocols, ...holesIn(protocols)])) {
      note('warning', at, `${name} is never asked for: no protocol here uses it`)
    } else if (algorithm.strength !== 'good')
      note('warning', at, `${name} is ${algorithm.strength}: ${algorithm.reason}`)
  }
}

/** The least strength OpenSSL takes at its security levels. */
const bitsOfLevel: readonly number[] = [0, 80, 112]

function isSent(algorithm: SignatureAlgorithm, protocols: readonly Protocol[]): boolean {
  const { inTls12, inTls13, strength, available } = algorithm
  if (!available) return false
  const inOlder = inTls12 && protocols.includes('TLSv1.2')
  // With TLS 1.3 the older algorithms speak of the certificates of the chain; the weak ones not even of those.
  return inOlder || (protocols.includes('TLSv1.3') && (inTls13 || strength === 'good'))
}

function signs(algorithm: SignatureAlgorithm | undefined, protocol: Protocol): boolean {
  return algorithm !== undefined && (protocol === 'TLSv1.3' ? algorithm.inTls13 : algorithm.inTls12)
}
