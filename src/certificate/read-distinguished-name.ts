/**
 * Distinguished names as their parts, for comparing them as RFC 5280 §7.1 asks: without regard to case, to the kind
 * of string, or to how many spaces stand between words.
 */
import { DER, type DerElement, derChildren } from './der.ts'

export interface NameAttribute {
  /** DER of the object identifier, hex. */
  readonly type: string
  /** As it stands in the certificate: it may hold any character. */
  readonly value: string
}

/** The parts in their order, each of one attribute or, rarely, of several. */
export type DistinguishedName = readonly (readonly NameAttribute[])[]

/** `emailAddress` of PKCS#9, which name constraints for mail apply to. */
export const EMAIL_ADDRESS = '2a864886f70d010901'

/** Reads the content of a Name. */
export function readDistinguishedName(content: Buffer): DistinguishedName {
  return derChildren(content).map(({ tag, value }) => {
    if (tag !== DER.set) throw new TypeError('not a part of a name')
    return derChildren(value).map((attribute) => {
      const [type, text] = derChildren(attribute.value)
      if (type?.tag !== DER.oid || text === undefined) throw new TypeError('not an attribute of a name')
      return { type: type.value.toString('hex'), value: textOf(text) }
    })
  })
}

/** Tells whether a name lies in the subtree of another: whether that one is how it begins. */
export function isWithinName(name: DistinguishedName, base: DistinguishedName): boolean {
  return base.length <= name.length && base.every((part, index) => comparable(part) === comparable(name[index]))
}

function comparable(part: readonly NameAttribute[] = []): string {
  const told = part.map(({ type, value }) => `${type}=${value.trim().replace(/\s+/g, ' ').toLowerCase()}`)
  return told.sort().join('+')
}

const UTF8 = 0x0c
const UNIVERSAL = 0x1c
const BMP = 0x1e

function textOf({ tag, value }: DerElement): string {
  if (tag === UTF8) return value.toString('utf8')
  if (tag === BMP)
    return Buffer.from(value.subarray(0, value.length & ~1))
      .swap16()
      .toString('utf16le')
  if (tag !== UNIVERSAL) return value.toString('latin1')
  const points = Array.from({ length: value.length >> 2 }, (_, index) => value.readUInt32BE(index * 4))
  return points.map((point) => (point <= 0x10_ffff ? String.fromCodePoint(point) : '\ufffd')).join('')
}
