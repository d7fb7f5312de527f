/** A presented chain as it is shown and as `--json` prints it: who is who, for how long, and by which fingerprint. */
import type crypto from 'node:crypto'
import { describeCertificate } from '../certificate/describe-certificate.ts'
import type { Terminal } from './terminal.ts'

/** One certificate of a chain. */
export interface ShownCertificate {
  readonly subject: string
  readonly issuer: string
  readonly notBefore: string
  readonly notAfter: string
  /** SHA-256 of the certificate, hex. */
  readonly sha256: string
}

/** Describes a chain in its order; every word of it was written by strangers and is made fit for a terminal. */
export function describeChain(chain: readonly crypto.X509Certificate[]): ShownCertificate[] {
  return chain.map((certificate) => {
    const { subject, issuer, notBeforeMs, notAfterMs, sha256 } = describeCertificate(certificate)
    return { subject, issuer, notBefore: momentOf(notBeforeMs), notAfter: momentOf(notAfterMs), sha256 }
  })
}

/** Shows a chain, the backend's own certificate first. */
export function showChain(chain: readonly ShownCertificate[], terminal: Terminal): void {
  for (const [index, { subject, issuer, notBefore, notAfter, sha256 }] of chain.entries()) {
    terminal.print(`${String(index + 1).padStart(2)}  ${terminal.paint('bold', subject)}`)
    terminal.print(`    issuer   ${issuer}`)
    terminal.print(`    valid    ${notBefore} to ${notAfter}`)
    terminal.print(`    sha256   ${sha256}`)
  }
}

function momentOf(ms: number): string {
  return Number.isNaN(ms) ? 'no readable date' : new Date(ms).toISOString().replace('.000Z', 'Z')
}
