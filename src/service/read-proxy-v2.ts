/** Version 2 of the PROXY header: binary, a fixed part, addresses by family, then extensions (TLVs) that are skipped. */
import type { CallerEnds } from './caller-ends.ts'
import { formatIp } from './format-ip.ts'
import type { ProxyHeader } from './proxy-header.ts'

/** Signature, version and command, family and protocol, length. */
const FIXED_BYTES = 16
/** Far more than any sender writes; the length field could ask for 64 kB to be held. */
const REST_MAX = 4096
const LOCAL = 0x20
const PROXY = 0x21

/** By family and protocol: how many bytes one address has. TCP only: a datagram never came in over a stream. */
const families: Readonly<Record<number, number>> = { 0: 0, 17: 4, 33: 16, 49: 108 }

/** Reads a header whose beginning has been recognised. */
export function readProxyV2(bytes: Buffer): ProxyHeader {
  const [command, family] = [bytes[12], bytes[13]]
  if (command !== undefined && command !== LOCAL && command !== PROXY) return bad('has an unknown version or command')
  if (bytes.length < FIXED_BYTES) return { kind: 'more' }
  const restBytes = bytes.readUInt16BE(14)
  if (restBytes > REST_MAX) return bad(`is longer than ${REST_MAX} bytes`)
  const addressBytes = families[family as number]
  if (command === PROXY && addressBytes === undefined) return bad('names a family or protocol that is not TCP')
  const length = FIXED_BYTES + restBytes
  if (bytes.length < length) return { kind: 'more' }
  // What stands behind LOCAL is to be skipped unread.
  if (command === LOCAL) return { kind: 'header', length, ends: undefined }
  const rest = bytes.subarray(FIXED_BYTES, length)
  const extensionsAt = addressesLength(addressBytes as number)
  if (rest.length < extensionsAt) return bad('is shorter than its addresses')
  if (!areExtensions(rest.subarray(extensionsAt))) return bad('has an extension that does not fit')
  return { kind: 'header', length, ends: endsIn(rest, addressBytes as number) }
}

/** Two addresses, and two ports where the family has them. */
function addressesLength(addressBytes: number): number {
  return addressBytes === 4 || addressBytes === 16 ? addressBytes * 2 + 4 : addressBytes * 2
}

function endsIn(rest: Buffer, addressBytes: number): CallerEnds {
  if (addressBytes !== 4 && addressBytes !== 16) return undefined
  const portsAt = addressBytes * 2
  return {
    source: { address: formatIp(rest.subarray(0, addressBytes)), port: rest.readUInt16BE(portsAt) },
    destination: { address: formatIp(rest.subarray(addressBytes, portsAt)), port: rest.readUInt16BE(portsAt + 2) },
  }
}

/** A type, a length and so many bytes, to the end and no further. */
function areExtensions(rest: Buffer): boolean {
  let at = 0
  while (at < rest.length) {
    if (at + 3 > rest.length) return false
    at += 3 + rest.readUInt16BE(at + 1)
  }
  return at === rest.length
}

function bad(what: string): ProxyHeader {
  return { kind: 'bad', what: `the PROXY header ${what}` }
}
