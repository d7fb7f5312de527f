/**
 * BER, which PKCS#7 and PKCS#12 files are written in: NSS and Windows use its indefinite lengths and split strings. The
 * bytes may be an attack, so nothing here recurses: one level is read at a time, depth and counts are limited, and
 * every length is held against the bytes that are there.
 */
import { badContainer } from './bad-container.ts'

export interface BerElement {
  /** The identifier octet: class, constructed bit and number in one. */
  readonly tag: number
  readonly content: Buffer
  /** Header, content and end marker. */
  readonly encoding: Buffer
}

export const TAG = {
  integer: 0x02,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context1: 0xa1,
} as const

const CONSTRUCTED = 0x20
const DEPTH_MAX = 64
const CHILDREN_MAX = 100_000

/** Reads the one element that the bytes are; anything after it is refused. */
export function parseOne(bytes: Buffer): BerElement {
  const element = readElement(bytes, 0)
  if (element.encoding.length !== bytes.length) throw badContainer('bytes follow where nothing should')
  return element
}

/** Splits the content of a constructed element. */
export function readChildren({ content }: Pick<BerElement, 'content'>): BerElement[] {
  const children: BerElement[] = []
  for (let at = 0; at < content.length; at += (children.at(-1) as BerElement).encoding.length) {
    if (children.length === CHILDREN_MAX) throw badContainer(`more than ${CHILDREN_MAX} parts stand side by side`)
    children.push(readElement(content, at))
  }
  return children
}

/** Splits an element that must be a sequence, set or whatever the tag says. */
export function childrenOf(element: BerElement | undefined, tag: number = TAG.sequence): BerElement[] {
  return readChildren(expectTag(element, tag))
}

/** Narrows an element to one with this tag. */
export function expectTag(element: BerElement | undefined, tag: number): BerElement {
  if (element?.tag === tag) return element
  const found = element ? `0x${element.tag.toString(16)}` : 'nothing'
  throw badContainer(`is damaged: 0x${tag.toString(16)} is expected in its ASN.1, found ${found}`)
}

/** Gives the bytes of an octet string, whole or in pieces; `tag` is another one when it is tagged implicitly. */
export function octetsOf(element: BerElement | undefined, tag: number = TAG.octetString): Buffer {
  if (element?.tag === tag) return element.content
  const pieces = childrenOf(element, tag | CONSTRUCTED)
  // X.690 lets pieces have pieces; nobody writes that, and it would be one more nesting to defend.
  return Buffer.concat(pieces.map((piece) => expectTag(piece, TAG.octetString).content))
}

/** Reads an integer that counts something. */
export function countOf(element: BerElement | undefined): number {
  const { content } = expectTag(element, TAG.integer)
  if (content.length === 0 || content.length > 6) throw badContainer('is damaged: a count is out of range')
  const count = content.readIntBE(0, content.length)
  if (count < 0) throw badContainer('is damaged: a count is negative')
  return count
}

/** Reads an object identifier in its dotted form. */
export function oidOf(element: BerElement | undefined): string {
  const { content } = expectTag(element, TAG.oid)
  const arcs: number[] = []
  let arc = 0
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f)
    // An arc that does not fit would come out as another one, and a wrong algorithm be taken for a right one.
    if (!Number.isSafeInteger(arc)) throw badContainer('is damaged: an object identifier is too long')
    if (byte & 0x80) continue
    arcs.push(arc)
    arc = 0
  }
  const [first = 0, ...rest] = arcs
  const top = Math.min(Math.floor(first / 40), 2)
  return [top, first - top * 40, ...rest].join('.')
}

/** Refuses bytes whose elements are nested deeper than any real file, before anybody looks closer. */
export function assertShallow(bytes: Buffer): void {
  // Where each open element ends; an indefinite one ends with a marker, at the latest with what holds it.
  const open: { readonly end: number; readonly indefinite: boolean }[] = [{ end: bytes.length, indefinite: false }]
  let at = 0
  for (;;) {
    while (open.length > 0 && at >= (open.at(-1) as { end: number }).end) open.pop()
    const inside = open.at(-1)
    if (inside === undefined) return
    const header = readHeader(bytes, at)
    // What is broken is worded better by whoever wanted to read it.
    if (header === undefined) return
    at += header.length
    if (inside.indefinite && header.endMarker) open.pop()
    else if (!header.constructed) at += header.content
    else open.push({ end: Math.min(inside.end, at + header.content), indefinite: header.indefinite })
    if (open.length > DEPTH_MAX) {
      throw badContainer(`its ASN.1 is nested more than ${DEPTH_MAX} deep, which no real file is`)
    }
  }
}

function readElement(bytes: Buffer, at: number): BerElement {
  const header = readHeader(bytes, at)
  if (header === undefined) throw cutOff()
  const start = at + header.length
  const end = header.indefinite ? endMarkerAfter(bytes, start) : start + header.content
  const next = header.indefinite ? end + END_MARKER_BYTES : end
  if (next > bytes.length) throw cutOff()
  return { tag: bytes[at] as number, content: bytes.subarray(start, end), encoding: bytes.subarray(at, next) }
}

const END_MARKER_BYTES = 2

/** Finds where an element of indefinite length ends; those within it are counted, not entered. */
function endMarkerAfter(bytes: Buffer, start: number): number {
  let at = start
  for (let open = 1; ; ) {
    const header = readHeader(bytes, at)
    if (header === undefined) throw cutOff()
    if (header.endMarker) {
      open -= 1
      if (open === 0) return at
    } else if (header.indefinite) open += 1
    at += header.length + (header.indefinite ? 0 : header.content)
  }
}

interface Header {
  /** Of the header itself. */
  readonly length: number
  /** Of the content; for an indefinite length all there could be. */
  readonly content: number
  readonly constructed: boolean
  readonly indefinite: boolean
  readonly endMarker: boolean
}

/** Reads tag and length; undefined when they are cut off or in a form that no key store uses. */
function readHeader(bytes: Buffer, at: number): Header | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined
  const constructed = (tag & CONSTRUCTED) !== 0
  const plain = { constructed, indefinite: false, endMarker: false }
  if (first < 0x80) return { ...plain, length: 2, content: first, endMarker: tag === 0 && first === 0 }
  if (first === 0x80) {
    return constructed ? { ...plain, length: 2, content: bytes.length - at - 2, indefinite: true } : undefined
  }
  const size = first & 0x7f
  if (size > 4 || at + 2 + size > bytes.length) return undefined
  return { ...plain, length: 2 + size, content: bytes.readUIntBE(at + 2, size) }
}

function cutOff() {
  return badContainer('is damaged: its ASN.1 is cut off or malformed')
}
