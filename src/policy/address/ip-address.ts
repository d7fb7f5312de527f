/** IP addresses and ranges as bytes: 4 for IPv4, 16 for IPv6. Strict: one spelling each, no octal, no missing parts. */

/** A range of addresses: those that share the first `bits` bits of `bytes`. */
export interface Cidr {
  readonly bytes: Uint8Array
  readonly bits: number
}

/** Reads an address; undefined for anything else. An IPv6 zone (`fe80::1%eth0`) says where, not which: it is dropped. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text.split('%', 1)[0] as string) : parseIpv4(text)
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address; undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const bytes = address.includes('%') ? undefined : parseIp(address)
  if (bytes === undefined || rest.length > 0) return undefined
  if (length === undefined) return { bytes, bits: bytes.length * 8 }
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

/** Tells whether an address lies in a range; one of the other family never does. */
export function isInside({ bytes, bits }: Cidr, address: Uint8Array): boolean {
  if (bytes.length !== address.length) return false
  const whole = bits >> 3
  for (let index = 0; index < whole; index++) if (bytes[index] !== address[index]) return false
  const mask = 0xff & ~(0xff >> (bits & 7))
  return mask === 0 || ((bytes[whole] ?? 0) & mask) === ((address[whole] ?? 0) & mask)
}

/** Writes an IPv4 address. */
export function formatIpv4(bytes: Uint8Array): string {
  return bytes.join('.')
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  const isIpv4 = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  return isIpv4 ? Uint8Array.from(parts, Number) : undefined
}

function parseIpv6(text: string): Uint8Array | undefined {
  const [before = '', after, ...rest] = text.split('::')
  const head = readGroups(before, { endsAddress: after === undefined })
  const tail = after === undefined ? [] : readGroups(after, { endsAddress: true })
  if (head === undefined || tail === undefined || rest.length > 0) return undefined
  const missing = 16 - head.length - tail.length
  // `::` stands for at least one group of zeros, and without it nothing may be missing.
  if (after === undefined ? missing !== 0 : missing < 2) return undefined
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail])
}

/** Reads colon-separated groups into bytes; the last one of an address may be dotted IPv4. */
function readGroups(text: string, { endsAddress }: { readonly endsAddress: boolean }): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const dotted = endsAddress && index === groups.length - 1 ? parseIpv4(group) : undefined
    if (dotted !== undefined) bytes.push(...dotted)
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return undefined
  }
  return bytes
}
