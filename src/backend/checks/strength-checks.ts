/** Keys and signatures that are too weak, by the security level of the rule: 2 unless its `legacy` entry says less. */
import { keyOf } from '../../certificate/describe-certificate.ts'
import { type Check, type JudgedPath, onEach, type Step } from './check.ts'

interface Floor {
  /** Least bits of an RSA or DSA modulus. */
  readonly modulus: number
  /** Least bits of an elliptic curve. */
  readonly curve: number
  /** Hashes that a signature must not use. */
  readonly hashes: RegExp
  /** Whether a modulus of any length and DSA keys will do. */
  readonly isLenient: boolean
}

/** OpenSSL's levels, except that level 0 still asks for what any backend of the last twenty years can give. */
const floors: readonly Floor[] = [
  { modulus: 1024, curve: 160, hashes: /md[245]/i, isLenient: true },
  { modulus: 1024, curve: 160, hashes: /md[245]|sha-?1(?!\d)/i, isLenient: true },
  { modulus: 2048, curve: 224, hashes: /md[245]|sha-?1(?!\d)/i, isLenient: false },
]

export const strengthChecks: readonly Check[] = [
  {
    name: 'modulus-size',
    finding: 'weak-key',
    grade: 'webpki',
    source: 'BR 6.1.5, NIST SP 800-131A',
    holds: 'RSA keys have 2048 bits or more, the anchor included; 1024 under `legacy`.',
    find: onEach((step, _, path) => {
      const { type, bits } = keyOf(step.certificate)
      const { modulus } = floorOf(path)
      const isShort = /^(rsa|rsa-pss|dsa)$/.test(type) && bits < modulus
      return isShort && `has a ${type} key of ${bits} bits, ${modulus} are the least`
    }),
  },
  {
    name: 'modulus-whole-bytes',
    finding: 'weak-key',
    grade: 'webpki',
    source: 'BR 6.1.5',
    holds: 'The size of an RSA key is a multiple of 8 bits; not asked under `legacy`.',
    find: onEach(({ certificate }, _, path) => {
      const { type, bits } = keyOf(certificate)
      const isOdd = type.startsWith('rsa') && bits % 8 !== 0 && !floorOf(path).isLenient
      return isOdd && `has an ${type} key of ${bits} bits, which is no multiple of 8`
    }),
  },
  {
    name: 'curve-size',
    finding: 'weak-key',
    grade: 'webpki',
    source: 'BR 6.1.5, NIST SP 800-57 part 1',
    holds: 'Elliptic curves have 224 bits or more; 160 under `legacy`.',
    find: onEach(({ certificate }, _, path) => {
      const { type, bits } = keyOf(certificate)
      const { curve } = floorOf(path)
      return type === 'ec' && bits < curve && `has an ec key of ${bits} bits, ${curve} are the least`
    }),
  },
  {
    name: 'no-dsa',
    finding: 'weak-key',
    grade: 'webpki',
    source: 'BR 6.1.5, FIPS 186-5',
    holds: 'No certificate of the path has a DSA key, the anchor included; not asked under `legacy`.',
    find: onEach(
      ({ certificate }, _, path) =>
        keyOf(certificate).type === 'dsa' && !floorOf(path).isLenient && 'has a DSA key, which nobody should use',
    ),
  },
  {
    name: 'signature-hash',
    finding: 'weak-signature',
    grade: 'webpki',
    source: 'BR 7.1.3.2, RFC 9155, CVE-2004-2761',
    holds: 'No signature below the anchor is made with MD5 or SHA-1, inside RSA-PSS as well; SHA-1 will do at level 0.',
    find: onEach((step, _, path) => {
      const algorithm = algorithmOf(step)
      return !step.isEnd && floorOf(path).hashes.test(algorithm) && `is signed with ${algorithm}`
    }),
  },
]

function floorOf({ securityLevel }: JudgedPath): Floor {
  return floors[Math.min(securityLevel, floors.length - 1)] as Floor
}

function algorithmOf({ certificate, facts }: Step): string {
  const { signatureAlgorithm = 'unknown' } = certificate
  return facts.pssHash === 'sha1' ? `${signatureAlgorithm} over sha1` : signatureAlgorithm
}
