import crypto from 'node:crypto'
import { parsePem } from '../certificate/parse-pem.ts'

/** Reads a bundle that others maintain: a certificate in it that OpenSSL cannot read is left out, as everybody does. */
export function parseBundle(text: string): crypto.X509Certificate[] {
  const certificates: crypto.X509Certificate[] = []
  for (const block of parsePem(text).blocks) {
    try {
      certificates.push(new crypto.X509Certificate(block.der))
    } catch {
      // One odd certificate among hundreds must not take the machine's whole trust away.
    }
  }
  return certificates
}
