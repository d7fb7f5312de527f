/** Keys and signatures that are too weak, by the security level of the rule: 2 unless its `legacy` entry says less. */
import type crypto from 'node:crypto'
import { describeName, keyOf } from '../certificate/describe-certificate.ts'
import type { Finding } from '../policy/verdict.ts'
import type { ChainWalk } from './walk-chain.ts'

interface Floor {
  /** Least bits of an RSA or DSA modulus. */
  readonly modulus: number
  /** Least bits of an elliptic curve. */
  readonly curve: number
  /** Hashes that a signature must not use. */
  readonly hashes: RegExp
}

/** OpenSSL's levels, except that level 0 still asks for what any backend of the last twenty years can give. */
const floors: readonly Floor[] = [
  { modulus: 1024, curve: 160, hashes: /md[245]/i },
  { modulus: 1024, curve: 160, hashes: /md[245]|sha-?1(?!\d)/i },
  { modulus: 2048, curve: 224, hashes: /md[245]|sha-?1(?!\d)/i },
]

/** Looks at every key of the path, and at every signature but the anchor's own, which proves nothing anyway. */
export function strengthFindings({ path, end }: ChainWalk, securityLevel: number): Finding[] {
  const floor = floors[Math.min(securityLevel, floors.length - 1)] as Floor
  return path.flatMap((certificate, index) => {
    const isEnd = index === path.length - 1
    const isUnsigned = isEnd && (end === 'anchor' || end === 'self-signed')
    return [...weakKey(certificate, floor), ...(isUnsigned ? [] : weakSignature(certificate, floor))]
  })
}

function weakKey(certificate: crypto.X509Certificate, floor: Floor): Finding[] {
  const { type, bits } = keyOf(certificate)
  const least = type === 'ec' ? floor.curve : /^(rsa|rsa-pss|dsa)$/.test(type) ? floor.modulus : 0
  if (bits >= least) return []
  const whose = describeName(certificate.subject)
  return [{ name: 'weak-key', detail: `the ${type} key of ${whose} has ${bits} bits, ${least} are the least` }]
}

function weakSignature(certificate: crypto.X509Certificate, floor: Floor): Finding[] {
  const { signatureAlgorithm = 'unknown', subject } = certificate
  if (!floor.hashes.test(signatureAlgorithm)) return []
  const whose = describeName(subject)
  return [{ name: 'weak-signature', detail: `the certificate of ${whose} is signed with ${signatureAlgorithm}` }]
}
