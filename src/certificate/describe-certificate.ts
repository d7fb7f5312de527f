/** One certificate as a plain record: what messages, findings and listings need, with nothing left to parse. */
import crypto from 'node:crypto'
import { parseSubjectNames, type SubjectName } from './parse-subject-names.ts'
import { printable } from './printable.ts'

export interface CertificateRecord {
  /** On one line, fit for a log. */
  readonly subject: string
  readonly issuer: string
  /** Fit for a log; undefined when the subject has none. */
  readonly commonName: string | undefined
  readonly names: readonly SubjectName[]
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** Hex. */
  readonly serial: string
  /** SHA-256 of the certificate, hex. */
  readonly sha256: string
  /** SHA-256 of the public key (SPKI), base64; empty for a key that OpenSSL cannot read. */
  readonly spkiSha256: string
  readonly key: KeyRecord
  /** As OpenSSL names it, such as `ecdsa-with-SHA256`. */
  readonly signatureAlgorithm: string
  readonly ca: boolean
  /** Extended key usages as object identifiers; undefined when the certificate has none. */
  readonly extKeyUsage: readonly string[] | undefined
}

export interface KeyRecord {
  /** `rsa`, `ec`, `ed25519`, …; `unknown` for a key that OpenSSL cannot read. */
  readonly type: string
  /** Length of the modulus or of the curve; 0 when that means nothing for the type. */
  readonly bits: number
}

/**
 * Describes a parsed certificate. It costs a tenth of a millisecond, most of it for the common name: what is needed
 * for every handshake is asked for by itself, with the functions below.
 */
export function describeCertificate(certificate: crypto.X509Certificate): CertificateRecord {
  return {
    subject: describeName(certificate.subject),
    issuer: describeName(certificate.issuer),
    commonName: commonNameOf(certificate),
    names: parseSubjectNames(certificate.subjectAltName),
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
    serial: certificate.serialNumber,
    sha256: crypto.hash('sha256', certificate.raw, 'hex'),
    spkiSha256: spkiSha256Of(certificate),
    key: keyOf(certificate),
    signatureAlgorithm: certificate.signatureAlgorithm ?? 'unknown',
    ca: certificate.ca,
    // Node calls the extended usage `keyUsage`, and has no door to the plain one.
    extKeyUsage: certificate.keyUsage as readonly string[] | undefined,
  }
}

/** What a pin names: SHA-256 of the public key (SPKI), base64; empty for a key that OpenSSL cannot read. */
export function spkiSha256Of(certificate: crypto.X509Certificate): string {
  const key = publicKeyOf(certificate)
  return key ? crypto.hash('sha256', key.export({ type: 'spki', format: 'der' }), 'base64') : ''
}

/** Kind and length of the public key. */
export function keyOf(certificate: crypto.X509Certificate): KeyRecord {
  const key = publicKeyOf(certificate)
  return { type: key?.asymmetricKeyType ?? 'unknown', bits: bitsOf(key) }
}

/** Gives the public key, or undefined when OpenSSL does not know its kind or its bytes are broken. */
export function publicKeyOf(certificate: crypto.X509Certificate): crypto.KeyObject | undefined {
  try {
    return certificate.publicKey
  } catch {
    return undefined
  }
}

/** Writes a distinguished name, which Node gives with one part per line, on one line. */
export function describeName(name: string | undefined): string {
  return name ? printable(name.split('\n').join(', ')) : '(empty)'
}

/** The first common name of the subject, fit for a log; from the parsed certificate, never from its printed form. */
export function commonNameOf(certificate: crypto.X509Certificate): string | undefined {
  const found = certificate.toLegacyObject().subject?.CN as string | string[] | undefined
  const first = Array.isArray(found) ? found[0] : found
  return first === undefined ? undefined : printable(first)
}

const curveBits: Readonly<Record<string, number>> = {
  secp224r1: 224,
  prime256v1: 256,
  secp256k1: 256,
  brainpoolP256r1: 256,
  secp384r1: 384,
  brainpoolP384r1: 384,
  secp521r1: 521,
  brainpoolP512r1: 512,
}

function bitsOf(key: crypto.KeyObject | undefined): number {
  const details = key?.asymmetricKeyDetails
  if (details === undefined) return 0
  if (details.modulusLength !== undefined) return details.modulusLength
  if (details.namedCurve === undefined) return 0
  // A curve that is not in the table says its size in its name (secp192r1, sect163k1, …).
  return curveBits[details.namedCurve] ?? Number(/\d{3}/.exec(details.namedCurve)?.[0] ?? 0)
}
