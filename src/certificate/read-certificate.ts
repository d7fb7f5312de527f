/**
 * What stands in a certificate and Node does not tell: version, serial number, the hash inside an RSA-PSS signature,
 * names in parts, extensions. Bytes that OpenSSL took and this reader cannot follow give undefined, never a guess.
 */
import { DER, type DerElement, derChildren, derParts } from './der.ts'
import { type DistinguishedName, readDistinguishedName } from './read-distinguished-name.ts'
import { type CertificateExtensions, readExtensions } from './read-extensions.ts'

export interface CertificateFacts {
  readonly version: number
  /** As encoded, two's complement. */
  readonly serial: Buffer
  /** The hash of an RSA-PSS signature, whose name tells none; undefined for any other signature. */
  readonly pssHash: 'sha1' | 'other' | undefined
  readonly issuer: DistinguishedName
  readonly subject: DistinguishedName
  readonly extensions: CertificateExtensions
}

/** Reads a DER certificate; undefined when it cannot be read. */
export function readCertificate(der: Buffer): CertificateFacts | undefined {
  try {
    const [tbs, algorithm] = derParts(der)
    const fields = derChildren(tbs?.value)
    const version = fields[0]?.tag === DER.context0 ? fields.shift() : undefined
    const [serial, , issuer, , subject] = fields
    return {
      version: version === undefined ? 1 : (derChildren(version.value)[0]?.value[0] ?? 0) + 1,
      serial: (serial as DerElement).value,
      pssHash: readPssHash(algorithm?.value),
      issuer: readDistinguishedName((issuer as DerElement).value),
      subject: readDistinguishedName((subject as DerElement).value),
      extensions: readExtensions(fields.find(({ tag }) => tag === DER.context3)?.value),
    }
  } catch {
    return undefined
  }
}

/** DER of the identifiers of RSASSA-PSS and SHA-1. */
const RSA_PSS = '2a864886f70d01010a'
const SHA1 = '2b0e03021a'

/** SHA-1 is what a signature without parameters means (RFC 4055 §3.1). */
function readPssHash(algorithm: Buffer | undefined): CertificateFacts['pssHash'] {
  const [id, parameters] = derChildren(algorithm)
  if (id?.value.toString('hex') !== RSA_PSS) return undefined
  const tagged = parameters && derChildren(parameters.value).find(({ tag }) => tag === DER.context0)
  if (tagged === undefined) return 'sha1'
  return derParts(tagged.value)[0]?.value.toString('hex') === SHA1 ? 'sha1' : 'other'
}
