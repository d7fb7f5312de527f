/**
 * What a caller of SOCKS5 sends before its tunnel (RFC 1928, and RFC 1929 for user and password): pure, bytes in, one
 * message out. Strict, since what follows is dialled: what cannot become a message any more is refused at its first
 * wrong byte, and a name is ASCII or nothing.
 */
import { formatIpv4 } from '../../policy/address/ip-address.ts'

/** What stands at the beginning of the bytes; a message is `length` bytes long. */
export type SocksRead<Message> =
  /** It is not complete yet. */
  | { readonly kind: 'more' }
  | { readonly kind: 'message'; readonly length: number; readonly message: Message }
  | { readonly kind: 'bad'; readonly what: string; readonly reply?: SocksReply }

/** The replies of RFC 1928 §6. */
export const socksReplies = {
  succeeded: 0,
  failed: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  connectionRefused: 5,
  commandNotSupported: 7,
  addressNotSupported: 8,
} as const
export type SocksReply = keyof typeof socksReplies

/** Ways to say who one is that we know of. */
export const socksMethods = { none: 0x00, password: 0x02, noneAcceptable: 0xff } as const

export interface Credentials {
  readonly user: string
  readonly password: string
}

/** Where the caller wants to go, as it said it. */
export interface SocksTarget {
  readonly host: string
  readonly port: number
}

/** Reads the first message: the methods the caller knows. */
export function readMethods(bytes: Buffer): SocksRead<readonly number[]> {
  const [version, count] = bytes
  if (version !== undefined && version !== SOCKS5) return bad(`begins with ${hex(version)}, which is not SOCKS5`)
  if (count === undefined) return more
  if (count === 0) return bad('names no method of authentication')
  if (bytes.length < 2 + count) return more
  return { kind: 'message', length: 2 + count, message: [...bytes.subarray(2, 2 + count)] }
}

/** Reads user and password (RFC 1929). */
export function readCredentials(bytes: Buffer): SocksRead<Credentials> {
  const [version, userBytes] = bytes
  if (version !== undefined && version !== PASSWORD_VERSION) return bad('says user and password in an unknown version')
  if (userBytes === undefined) return more
  if (userBytes === 0) return bad('names no user')
  const passwordAt = 2 + userBytes
  const passwordBytes = bytes[passwordAt]
  if (passwordBytes === undefined) return more
  const length = passwordAt + 1 + passwordBytes
  if (bytes.length < length) return more
  const user = bytes.toString('utf8', 2, passwordAt)
  return { kind: 'message', length, message: { user, password: bytes.toString('utf8', passwordAt + 1, length) } }
}

/** Reads the request; anything but CONNECT is refused with the reply that says so. */
export function readRequest(bytes: Buffer): SocksRead<SocksTarget> {
  const [version, command, reserved, kind] = bytes
  if (version !== undefined && version !== SOCKS5) return bad(`asks in version ${hex(version)}, not in SOCKS5`)
  if (command !== undefined && command !== CONNECT) {
    return bad(`asks for the command ${hex(command)}, not for CONNECT`, 'commandNotSupported')
  }
  if (reserved !== undefined && reserved !== 0) return bad('has a reserved byte that is not zero')
  if (kind === undefined) return more
  if (kind === NAME) return readNamed(bytes)
  const addressBytes = kind === IPV4 ? 4 : kind === IPV6 ? 16 : undefined
  if (addressBytes === undefined) return bad(`has an address of the unknown kind ${hex(kind)}`, 'addressNotSupported')
  const portAt = HEAD_BYTES + addressBytes
  if (bytes.length < portAt + 2) return more
  const address = bytes.subarray(HEAD_BYTES, portAt)
  const host = kind === IPV4 ? formatIpv4(address) : formatIpv6(address)
  return { kind: 'message', length: portAt + 2, message: { host, port: bytes.readUInt16BE(portAt) } }
}

function readNamed(bytes: Buffer): SocksRead<SocksTarget> {
  const nameBytes = bytes[HEAD_BYTES]
  if (nameBytes === undefined) return more
  if (nameBytes === 0) return bad('has an empty name')
  const nameAt = HEAD_BYTES + 1
  const portAt = nameAt + nameBytes
  const name = bytes.subarray(nameAt, portAt)
  // A name in another script comes as its ASCII form; anything else would be read differently by different readers.
  if (name.some((byte) => byte <= 0x20 || byte >= 0x7f)) return bad('has a name that is not ASCII')
  if (bytes.length < portAt + 2) return more
  return {
    kind: 'message',
    length: portAt + 2,
    message: { host: name.toString('latin1'), port: bytes.readUInt16BE(portAt) },
  }
}

function formatIpv6(bytes: Buffer): string {
  return bytes.toString('hex').replaceAll(/(.{4})(?=.)/g, '$1:')
}

function bad(what: string, reply?: SocksReply): SocksRead<never> {
  return { kind: 'bad', what: `the caller ${what}`, ...(reply === undefined ? {} : { reply }) }
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`
}

const more = { kind: 'more' } as const
const SOCKS5 = 0x05
const PASSWORD_VERSION = 0x01
const CONNECT = 0x01
const IPV4 = 0x01
const NAME = 0x03
const IPV6 = 0x04
/** Version, command, reserved, kind of address. */
const HEAD_BYTES = 4
