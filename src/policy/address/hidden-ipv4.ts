/**
 * The IPv4 addresses that an IPv6 address can hide: packets to it reach the IPv4 host on the machine itself (mapped,
 * compatible), at a translator (NAT64, SIIT) or at a relay (6to4, Teredo, ISATAP). A deny list that only reads the
 * outside lets all of them through.
 */
import { type Cidr, isInside, parseCidr } from './ip-address.ts'

/** Gives every IPv4 address (four bytes each) hidden in an IPv6 address; none for IPv4 itself. */
export function hiddenIpv4(address: Uint8Array): Uint8Array[] {
  if (address.length !== 16) return []
  return disguises.filter(({ range }) => isInside(range, address)).flatMap(({ unwrap }) => unwrap(address))
}

interface Disguise {
  readonly range: Cidr
  readonly unwrap: (address: Uint8Array) => Uint8Array[]
}

const last = (address: Uint8Array) => [address.subarray(12)]

const disguises: readonly Disguise[] = [
  { range: range('::ffff:0:0/96'), unwrap: last }, // mapped
  { range: range('::/96'), unwrap: compatible }, // compatible
  { range: range('64:ff9b::/96'), unwrap: last }, // NAT64, RFC 6052
  { range: range('64:ff9b:1::/48'), unwrap: localNat64 }, // NAT64 of one network, RFC 8215
  { range: range('::ffff:0:0:0/96'), unwrap: last }, // SIIT, RFC 2765
  { range: range('2002::/16'), unwrap: (address) => [address.subarray(2, 6)] }, // 6to4
  { range: range('2001::/32'), unwrap: teredo },
  { range: range('::/0'), unwrap: isatap }, // under any prefix
]

/** `::` and `::1` are addresses of their own, not 0.0.0.0 and 0.0.0.1 in disguise. */
function compatible(address: Uint8Array): Uint8Array[] {
  return address.subarray(0, 15).every((byte) => byte === 0) && (address[15] as number) <= 1 ? [] : last(address)
}

/**
 * A network may put the IPv4 address behind a prefix of 48, 56, 64 or 96 bits, and the address does not say which:
 * every reading counts. Readings of 0.x.x.x are what the zeros of a longer prefix look like, so they count in the
 * last position only.
 */
function localNat64(address: Uint8Array): Uint8Array[] {
  const readings = [
    [6, 7, 9, 10],
    [7, 9, 10, 11],
    [9, 10, 11, 12],
  ].map((positions) => Uint8Array.from(positions, (position) => address[position] as number))
  return [...readings.filter(([first]) => first !== 0), ...last(address)]
}

/** Teredo names its server in the clear and the host behind it with every bit turned over. */
function teredo(address: Uint8Array): Uint8Array[] {
  return [address.subarray(4, 8), address.subarray(12).map((byte) => byte ^ 0xff)]
}

function isatap(address: Uint8Array): Uint8Array[] {
  const [first, ...marker] = address.subarray(8, 12)
  const isMarked = (first === 0x00 || first === 0x02) && marker.join() === '0,94,254'
  return isMarked ? last(address) : []
}

function range(text: string): Cidr {
  return parseCidr(text) as Cidr
}
