/**
 * The pool of intermediates: certificates that complete the chain of a backend which forgot to send them. It is read as
 * a store is, from `truststores/intermediates`, and is the opposite of one: what lies in it trusts nothing. A certificate
 * that could ever stand at the end of a chain has no place here and is left out, however it got into the folder.
 */
import crypto from 'node:crypto'

/** The pool as it stood at one reading: de-duplicated, frozen, hashed. */
export interface IntermediatePool {
  /** SHA-256 over the sorted SHA-256 fingerprints, hex: equal pools have equal hashes. */
  readonly sha256: string
  /** One PEM certificate each. */
  readonly certificates: readonly string[]
}

/** The name of the pool under truststores/, and of no trust store. */
export const poolName = 'intermediates'

/** A pool without a certificate: chains must come complete. */
export const emptyPool: IntermediatePool = makeIntermediatePool([])

/** Makes a pool of those certificates that are intermediates; the others are left out. */
export function makeIntermediatePool(certificates: Iterable<crypto.X509Certificate>): IntermediatePool {
  const byFingerprint = new Map<string, string>()
  for (const certificate of certificates) {
    if (!isIntermediate(certificate)) continue
    byFingerprint.set(crypto.hash('sha256', certificate.raw, 'hex'), certificate.toString())
  }
  const fingerprints = [...byFingerprint.keys()].sort()
  return Object.freeze({
    sha256: crypto.hash('sha256', fingerprints.join('\n'), 'hex'),
    certificates: Object.freeze(fingerprints.map((each) => byFingerprint.get(each) as string)),
  })
}

/**
 * Tells whether a certificate is an authority that another one vouches for. OpenSSL takes whatever lies among its
 * authorities and names itself as issuer for a trust anchor, and it compares names more loosely than we print them.
 */
export function isIntermediate(certificate: crypto.X509Certificate): boolean {
  const { ca, subject, issuer } = certificate
  return ca && folded(subject) !== folded(issuer) && !certificate.checkIssued(certificate)
}

/** RFC 5280 §7.1: case and the amount of white space make no difference. */
function folded(name: string | undefined): string {
  return (name ?? '').toLowerCase().replaceAll(/\s+/g, ' ').trim()
}
