/**
 * A small reader of DER, for certificates, OCSP answers and revocation lists: it splits one level at a time, never
 * recurses, and throws a TypeError at whatever is not as it should be.
 */

export interface DerElement {
  readonly tag: number
  readonly value: Buffer
}

export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context1: 0xa1,
  context3: 0xa3,
} as const

/** More than this is no certificate but an attack on whoever reads it. */
const CHILDREN_MAX = 20_000

/** Splits the content of a constructed element. */
export function derChildren(bytes: Buffer | undefined): DerElement[] {
  if (bytes === undefined) throw new TypeError('an element is missing')
  const found: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    const { header, length } = readLength(bytes, at)
    const end = at + header + length
    if (end > bytes.length || found.length === CHILDREN_MAX) throw new TypeError('an element is cut off')
    found.push({ tag: bytes[at] as number, value: bytes.subarray(at + header, end) })
    at = end
  }
  return found
}

/** Gives the parts of a constructed element as they are encoded, header and all: what hashes and signatures are over. */
export function derEncodings(bytes: Buffer | undefined): Buffer[] {
  const ends = derChildren(bytes).map(({ value }) => value.byteOffset + value.length)
  const start = (bytes as Buffer).byteOffset
  return ends.map((end, index) => (bytes as Buffer).subarray((ends[index - 1] ?? start) - start, end - start))
}

/** Splits the one element of a kind that the bytes are. */
export function derParts(bytes: Buffer | undefined, tag: number = DER.sequence): DerElement[] {
  const [element, ...others] = derChildren(bytes)
  if (element?.tag !== tag || others.length > 0) throw new TypeError('not the one element that belongs here')
  return derChildren(element.value)
}

/** Writes an object identifier by its numbers. */
export function dottedOid(value: Buffer): string {
  const arcs: number[] = []
  let arc = 0
  for (const byte of value) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte & 0x80) continue
    if (arcs.length === 0) arcs.push(Math.min(Math.floor(arc / 40), 2), arc - 40 * Math.min(Math.floor(arc / 40), 2))
    else arcs.push(arc)
    arc = 0
  }
  return arcs.join('.')
}

/** Reads the length of the element that begins there, and how long its header is. */
export function readLength(bytes: Buffer, at: number): { header: number; length: number } {
  const first = bytes.readUInt8(at + 1)
  if (first < 0x80) return { header: 2, length: first }
  const size = first & 0x7f
  if (size === 0 || size > 4) throw new TypeError('not a DER length')
  return { header: 2 + size, length: bytes.readUIntBE(at + 2, size) }
}
