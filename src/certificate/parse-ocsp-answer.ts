/**
 * The answer of an OCSP responder (RFC 6960 §4.2) as a plain record. It comes from whoever sent it and proves nothing
 * before its signature is checked: see revocation/check-ocsp.ts. Reading throws a TypeError; nothing recurses.
 */
import { DER, type DerElement, derChildren, derEncodings, derParts, dottedOid } from './der.ts'
import { serialOf } from './read-revocation-pointers.ts'
import { readTime } from './read-time.ts'
import { readSigned, type Signed } from './verify-signed.ts'

/** An answer says something about certificates, or why it says nothing. */
export type OcspAnswer = { readonly refusal: string } | SignedOcspAnswer

export interface SignedOcspAnswer {
  readonly refusal: undefined
  readonly signed: Signed
  /** Who signs: a name as encoded, or the SHA-1 hash of a key. */
  readonly responder: { readonly name: Buffer } | { readonly keyHash: Buffer }
  readonly singles: readonly SingleAnswer[]
  /** Certificates sent along, DER, for a signer that is not the issuer itself. */
  readonly certificates: readonly Buffer[]
}

/** What is said of one certificate. */
export interface SingleAnswer {
  /** Dotted. */
  readonly hashAlgorithm: string
  readonly issuerNameHash: Buffer
  readonly issuerKeyHash: Buffer
  /** Hex, without leading zeros. */
  readonly serial: string
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly revokedAtMs: number | undefined
  /** By RFC 5280's number. */
  readonly reason: number | undefined
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number | undefined
  readonly hasCriticalExtension: boolean
}

/** Far more than any responder sends, and far less than would take time. */
export const OCSP_BYTES_MAX = 65_536
const CERTIFICATES_MAX = 8
const SINGLES_MAX = 64
const BASIC = '1.3.6.1.5.5.7.48.1.1'

/** RFC 6960 §4.2.1; 4 is not used. */
const refusals: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
}

/** Reads an answer; throws a TypeError when it is none. */
export function parseOcspAnswer(der: Buffer): OcspAnswer {
  if (der.length > OCSP_BYTES_MAX) throw new TypeError(`longer than ${OCSP_BYTES_MAX} bytes`)
  const [status, bytes] = derParts(der)
  if (status?.tag !== DER.enumerated || status.value.length !== 1) throw new TypeError('not an OCSP answer')
  const code = status.value[0] as number
  if (code !== 0) return { refusal: refusals[code] ?? `status ${code}` }
  const [type, basic] = derParts(bytes?.value)
  if (type?.tag !== DER.oid || dottedOid(type.value) !== BASIC || basic?.tag !== DER.octetString) {
    throw new TypeError('not a basic OCSP answer')
  }
  return parseBasic(basic.value)
}

function parseBasic(der: Buffer): SignedOcspAnswer {
  const [outer, ...others] = derChildren(der)
  if (outer?.tag !== DER.sequence || others.length > 0) throw new TypeError('not a basic OCSP answer')
  const signed = readSigned(outer.value)
  const sent = derChildren(outer.value)[3]
  const fields = derParts(signed.tbs)
  if (fields[0]?.tag === DER.context0) fields.shift()
  const [responder, producedAt, list, extensions] = fields
  readTime(producedAt)
  const singles = derChildren(list?.tag === DER.sequence ? list.value : undefined)
  if (singles.length > SINGLES_MAX) throw new TypeError('more answers than anybody asked for')
  if (hasCritical(extensions?.value)) throw new TypeError('a critical extension that is not understood')
  return {
    refusal: undefined,
    signed,
    responder: readResponder(responder),
    singles: singles.map(({ value }) => readSingle(value)),
    certificates: sent === undefined ? [] : certificatesOf(sent),
  }
}

function readResponder(element: DerElement | undefined): SignedOcspAnswer['responder'] {
  if (element?.tag === DER.context1) return { name: element.value }
  const [hash] = element?.tag === 0xa2 ? derChildren(element.value) : []
  if (hash?.tag !== DER.octetString) throw new TypeError('no responder')
  return { keyHash: hash.value }
}

function certificatesOf(sent: DerElement): Buffer[] {
  const [list] = sent.tag === DER.context0 ? derChildren(sent.value) : []
  if (list?.tag !== DER.sequence) throw new TypeError('not certificates')
  return derEncodings(list.value).slice(0, CERTIFICATES_MAX)
}

function readSingle(bytes: Buffer): SingleAnswer {
  const [certId, status, thisUpdate, ...rest] = derChildren(bytes)
  const [algorithm, nameHash, keyHash, serial] = derChildren(certId?.value)
  const nextUpdate = rest.find(({ tag }) => tag === DER.context0)
  if (serial?.tag !== DER.integer || nameHash === undefined || keyHash === undefined) throw new TypeError('no certID')
  return {
    hashAlgorithm: dottedOid((derChildren(algorithm?.value)[0] as DerElement).value),
    issuerNameHash: nameHash.value,
    issuerKeyHash: keyHash.value,
    serial: serialOf(serial.value),
    ...readStatus(status),
    thisUpdateMs: readTime(thisUpdate),
    nextUpdateMs: nextUpdate && readTime(derChildren(nextUpdate.value)[0]),
    hasCriticalExtension: hasCritical(rest.find(({ tag }) => tag === DER.context1)?.value),
  }
}

function readStatus(element: DerElement | undefined): Pick<SingleAnswer, 'status' | 'revokedAtMs' | 'reason'> {
  const nothing = { revokedAtMs: undefined, reason: undefined }
  if (element?.tag === 0x80) return { status: 'good', ...nothing }
  if (element?.tag === 0x82) return { status: 'unknown', ...nothing }
  if (element?.tag !== DER.context1) throw new TypeError('no status')
  const [time, reason] = derChildren(element.value)
  return { status: 'revoked', revokedAtMs: readTime(time), reason: reason && derChildren(reason.value)[0]?.value[0] }
}

function hasCritical(tagged: Buffer | undefined): boolean {
  if (tagged === undefined) return false
  return derParts(tagged).some(({ value }) => {
    const flag = derChildren(value)[1]
    return flag?.tag === DER.boolean && flag.value[0] !== 0
  })
}
