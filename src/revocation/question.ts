/**
 * What there is to ask about each certificate of a path: who issued it, under which number, and where answers may be.
 * Plain JSON, because a worker's question travels to the control process; it is made once for each full handshake.
 */
import crypto from 'node:crypto'
import { describeName } from '../certificate/describe-certificate.ts'
import { type RevocationPointers, readRevocationPointers } from '../certificate/read-revocation-pointers.ts'

export interface RevocationQuestion {
  /** The subject, fit for a message. */
  readonly subject: string
  /** Hex, without leading zeros. */
  readonly serial: string
  /** Name and key of the issuer as one hash: see `issuerIdOf`. */
  readonly issuer: string
  /** DER, base64: whose key the answers must be signed by, or with whose consent. */
  readonly issuerCertificate: string
  readonly isCa: boolean
  readonly crlUrls: readonly string[]
  readonly hasPartialPoints: boolean
  readonly ocspUrls: readonly string[]
  readonly mustStaple: boolean
}

/** Asks about every certificate of a path but its last; a certificate that cannot be read gives no question. */
export function questionsAbout(path: readonly crypto.X509Certificate[]): RevocationQuestion[] {
  const pointers = path.map(({ raw }) => readRevocationPointers(raw))
  return path.slice(0, -1).flatMap((certificate, index) => {
    const own = pointers[index]
    const issuer = pointers[index + 1]
    if (own === undefined || issuer === undefined) return []
    const { serial, crlUrls, hasPartialPoints, ocspUrls, mustStaple } = own
    return {
      subject: describeName(certificate.subject),
      serial,
      issuer: issuerIdOf(issuer),
      issuerCertificate: (path[index + 1] as crypto.X509Certificate).raw.toString('base64'),
      isCa: index > 0,
      crlUrls,
      hasPartialPoints,
      ocspUrls,
      mustStaple,
    }
  })
}

/** Names an issuer by its name and key together: lists of another key under the same name are another's. */
export function issuerIdOf({ subjectName, spki }: Pick<RevocationPointers, 'subjectName' | 'spki'>): string {
  return crypto.createHash('sha256').update(subjectName).update(spki).digest('hex')
}
