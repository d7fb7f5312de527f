/**
 * What a certificate points to. How to find out whether it was revoked, and what its issuer is called in such answers:
 * serial number, names and key as they are encoded, distribution points, responders, Must-Staple. And where its issuer's
 * certificate can be had.
 */
import { DER, derChildren, derEncodings, derParts, dottedOid } from './der.ts'
import { type GeneralName, readGeneralName } from './read-general-names.ts'
import { bitsOf } from './verify-signed.ts'

export interface RevocationPointers {
  /** Hex, without leading zeros. */
  readonly serial: string
  /** Names as encoded. */
  readonly issuerName: Buffer
  readonly subjectName: Buffer
  /** The bits of the public key, without their algorithm: what OCSP hashes. */
  readonly keyBits: Buffer
  /** The public key with its algorithm. */
  readonly spki: Buffer
  /** Where lists can be fetched that cover all reasons and come from the issuer itself. */
  readonly crlUrls: readonly string[]
  /** True when some distribution point names another issuer of lists, or only some reasons. */
  readonly hasPartialPoints: boolean
  readonly ocspUrls: readonly string[]
  /** TLS feature extension (RFC 7633) with status_request. */
  readonly mustStaple: boolean
  /** id-pkix-ocsp-nocheck: a responder's certificate that is not itself to be asked about. */
  readonly noCheck: boolean
}

const OID = {
  distributionPoints: '2.5.29.31',
  infoAccess: '1.3.6.1.5.5.7.1.1',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  noCheck: '1.3.6.1.5.5.7.48.1.5',
  ocsp: '1.3.6.1.5.5.7.48.1',
  caIssuers: '1.3.6.1.5.5.7.48.2',
} as const

const STATUS_REQUEST = 5
/** More pointers than any real certificate has; further ones are not looked at. */
const URLS_MAX = 8

/** Reads a DER certificate; undefined when it cannot be read. */
export function readRevocationPointers(der: Buffer): RevocationPointers | undefined {
  try {
    const [tbs] = derParts(der)
    const content = tbs?.value as Buffer
    const fields = derChildren(content)
    const skip = fields[0]?.tag === DER.context0 ? 1 : 0
    const encodings = derEncodings(content)
    const at = (index: number) => encodings[index + skip] as Buffer
    const [, keyBits] = derChildren(fields[5 + skip]?.value)
    const extensions = readExtensionValues(fields.find(({ tag }) => tag === DER.context3)?.value)
    const points = pointsOf(extensions.get(OID.distributionPoints))
    return {
      serial: serialOf(fields[skip]?.value as Buffer),
      issuerName: at(2),
      subjectName: at(4),
      spki: at(5),
      keyBits: bitsOf(keyBits?.value as Buffer),
      ...points,
      ocspUrls: accessUrls(extensions.get(OID.infoAccess), OID.ocsp),
      mustStaple: demandsStaple(extensions.get(OID.tlsFeature)),
      noCheck: extensions.has(OID.noCheck),
    }
  } catch {
    return undefined
  }
}

/** Reads where the certificate of a certificate's issuer can be fetched; nothing of one that cannot be read. */
export function readIssuerUrls(der: Buffer): string[] {
  try {
    const fields = derChildren(derParts(der)[0]?.value)
    const extensions = readExtensionValues(fields.find(({ tag }) => tag === DER.context3)?.value)
    return accessUrls(extensions.get(OID.infoAccess), OID.caIssuers)
  } catch {
    return []
  }
}

/** Writes a serial number so that equal numbers are equal texts, however they are padded. */
export function serialOf(value: Buffer): string {
  return value.toString('hex').replace(/^(00)+(?=..)/, '')
}

function readExtensionValues(list: Buffer | undefined): Map<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (const { value } of list === undefined ? [] : derParts(list)) {
    const parts = derChildren(value)
    found.set(dottedOid((parts[0] as { value: Buffer }).value), (parts.at(-1) as { value: Buffer }).value)
  }
  return found
}

function pointsOf(extension: Buffer | undefined): Pick<RevocationPointers, 'crlUrls' | 'hasPartialPoints'> {
  const points = extension === undefined ? [] : derParts(extension)
  const crlUrls: string[] = []
  let hasPartialPoints = false
  for (const { value } of points.slice(0, URLS_MAX)) {
    const parts = derChildren(value)
    // Only some reasons (tag 1), or lists of somebody else (tag 2): neither says all there is to say.
    if (parts.some(({ tag }) => tag === 0x81 || tag === 0xa2)) hasPartialPoints = true
    else crlUrls.push(...fullNameUrls(parts.find(({ tag }) => tag === DER.context0)?.value))
  }
  return { crlUrls: crlUrls.slice(0, URLS_MAX), hasPartialPoints }
}

/** The URLs of a DistributionPointName; one relative to the issuer (tag 1) has none. */
export function fullNameUrls(name: Buffer | undefined): string[] {
  const [choice] = name === undefined ? [] : derChildren(name)
  return choice?.tag === DER.context0 ? derChildren(choice.value).map(readGeneralName).flatMap(urlOf) : []
}

function accessUrls(extension: Buffer | undefined, wanted: string): string[] {
  const descriptions = extension === undefined ? [] : derParts(extension)
  const found = descriptions.flatMap(({ value }) => {
    const [method, location] = derChildren(value)
    const isWanted = method !== undefined && dottedOid(method.value) === wanted
    return isWanted && location ? urlOf(readGeneralName(location)) : []
  })
  return found.slice(0, URLS_MAX)
}

/** Bytes that no URL has are no address to anybody, and would end up in logs and answers as they are. */
function urlOf({ kind, bytes }: GeneralName): string[] {
  const text = bytes.toString('latin1')
  return kind === 'uri' && /^[\x21-\x7e]+$/.test(text) ? [text] : []
}

function demandsStaple(extension: Buffer | undefined): boolean {
  if (extension === undefined) return false
  return derParts(extension).some(({ value }) => value.length === 1 && value[0] === STATUS_REQUEST)
}
