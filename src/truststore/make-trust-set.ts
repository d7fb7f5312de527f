import crypto from 'node:crypto'
import type { TrustSet } from './trust-set.ts'

/** Makes a frozen trust set of parsed certificates: without repeats, in the order of their fingerprints. */
export function makeTrustSet(name: string, certificates: Iterable<crypto.X509Certificate>): TrustSet {
  const byFingerprint = new Map<string, crypto.X509Certificate>()
  for (const certificate of certificates) byFingerprint.set(fingerprintOf(certificate), certificate)
  const fingerprints = [...byFingerprint.keys()].sort()
  return Object.freeze({
    name,
    sha256: crypto.hash('sha256', fingerprints.join('\n'), 'hex'),
    certificates: Object.freeze(
      fingerprints.map((each) => (byFingerprint.get(each) as crypto.X509Certificate).toString()),
    ),
  })
}

function fingerprintOf(certificate: crypto.X509Certificate): string {
  return crypto.hash('sha256', certificate.raw, 'hex')
}
