import type crypto from 'node:crypto'
import { publicKeyOf } from '../../certificate/describe-certificate.ts'

/** Tells whether a certificate is its own issuer, by name and by signature. */
export function isSelfSigned(certificate: crypto.X509Certificate): boolean {
  if (certificate.subject !== certificate.issuer) return false
  const key = publicKeyOf(certificate)
  return key !== undefined && certificate.verify(key)
}
