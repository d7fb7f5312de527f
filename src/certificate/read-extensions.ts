/**
 * The extensions of a certificate that Node has no door to: key usage, path length, name constraints, and which are
 * critical. A small reader of DER, for certificates that OpenSSL has parsed already; it looks two levels deep, never
 * recurses, and answers undefined for anything that is not as it should be.
 */

export interface CertificateExtensions {
  /** Object identifiers of the critical ones. */
  readonly critical: readonly string[]
  /** Undefined when the certificate does not restrict it. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined
  /** How many intermediates may follow; undefined for any number. */
  readonly pathLength: number | undefined
  /** Host names a CA may vouch for, and those it must not; undefined when it is free. */
  readonly dnsConstraints: DnsConstraints | undefined
}

export interface DnsConstraints {
  /** Undefined allows every name that is not excluded. */
  readonly permitted: readonly string[] | undefined
  readonly excluded: readonly string[]
}

export type KeyUsage = (typeof keyUsages)[number]

const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const

/** DER of the identifiers under 2.5.29 that are read here. */
const KEY_USAGE = '551d0f'
const BASIC_CONSTRAINTS = '551d13'
const NAME_CONSTRAINTS = '551d1e'

const TAG = { boolean: 1, integer: 2, bitString: 3, octetString: 4, sequence: 0x30 } as const
const CONTEXT_0 = 0xa0
const CONTEXT_1 = 0xa1
const CONTEXT_3 = 0xa3
const DNS_NAME = 0x82
/** More than this is no certificate but an attack on whoever reads it. */
const CHILDREN_MAX = 10_000

/** Reads the extensions of a DER certificate; undefined when they cannot be read. */
export function readExtensions(der: Buffer): CertificateExtensions | undefined {
  try {
    const [certificate] = children(der)
    const [tbs] = children(certificate?.value)
    const block = children(tbs?.value).find((each) => each.tag === CONTEXT_3)
    const list = block ? children(children(block.value)[0]?.value) : []
    const extensions = list.map((each) => readExtension(each.value))
    const read = (id: string) => extensions.find((each) => each.id === id)?.value
    return {
      critical: extensions.filter((each) => each.critical).map((each) => dotted(each.id)),
      keyUsage: readKeyUsage(read(KEY_USAGE)),
      pathLength: readPathLength(read(BASIC_CONSTRAINTS)),
      dnsConstraints: readDnsConstraints(read(NAME_CONSTRAINTS)),
    }
  } catch {
    return undefined
  }
}

interface Element {
  readonly tag: number
  readonly value: Buffer
}

/** Splits the content of a constructed element. */
function children(bytes: Buffer | undefined): Element[] {
  if (bytes === undefined) throw new TypeError('an element is missing')
  const found: Element[] = []
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

function readLength(bytes: Buffer, at: number): { header: number; length: number } {
  const first = bytes.readUInt8(at + 1)
  if (first < 0x80) return { header: 2, length: first }
  const size = first & 0x7f
  if (size === 0 || size > 4) throw new TypeError('not a DER length')
  return { header: 2 + size, length: bytes.readUIntBE(at + 2, size) }
}

function readExtension(bytes: Buffer): { id: string; critical: boolean; value: Buffer } {
  const [id, ...rest] = children(bytes)
  const value = rest.at(-1)
  if (id === undefined || value?.tag !== TAG.octetString) throw new TypeError('not an extension')
  const flag = rest.length > 1 ? rest[0] : undefined
  return {
    id: id.value.toString('hex'),
    critical: flag?.tag === TAG.boolean && flag.value[0] !== 0,
    value: value.value,
  }
}

function readKeyUsage(value: Buffer | undefined): ReadonlySet<KeyUsage> | undefined {
  if (value === undefined) return undefined
  const [bits] = children(value)
  if (bits?.tag !== TAG.bitString) throw new TypeError('not a key usage')
  const byte = bits.value[1] ?? 0
  return new Set(keyUsages.filter((_, index) => (byte & (0x80 >> index)) !== 0))
}

function readPathLength(value: Buffer | undefined): number | undefined {
  if (value === undefined) return undefined
  const length = children(children(value)[0]?.value).find((each) => each.tag === TAG.integer)
  return length?.value.readUIntBE(0, length.value.length)
}

function readDnsConstraints(value: Buffer | undefined): DnsConstraints | undefined {
  if (value === undefined) return undefined
  const parts = children(children(value)[0]?.value)
  const permitted = dnsSubtrees(parts.find((each) => each.tag === CONTEXT_0))
  const excluded = dnsSubtrees(parts.find((each) => each.tag === CONTEXT_1))
  return { permitted: permitted.length > 0 ? permitted : undefined, excluded }
}

function dnsSubtrees(part: Element | undefined): string[] {
  if (part === undefined) return []
  const bases = children(part.value).map((subtree) => children(subtree.value)[0])
  return bases.flatMap((base) => (base?.tag === DNS_NAME ? [base.value.toString('latin1').toLowerCase()] : []))
}

/** Writes an object identifier; only those under 2.5.29 (one byte each) are told by their numbers. */
function dotted(id: string): string {
  return /^551d(?:[0-7].)$/.test(id) ? `2.5.29.${Number.parseInt(id.slice(4), 16)}` : id
}
