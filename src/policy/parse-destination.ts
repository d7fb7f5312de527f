/**
 * What a caller asked for, in the one canonical form that every later step compares: rules, pools, logs, names to
 * verify. Two spellings of one host must never get two answers, so whatever cannot be brought to that form is refused,
 * and nothing here is lenient. It runs once per new destination, not per request.
 */
import { domainToASCII } from 'node:url'
import { SidecarError } from '../errors.ts'
import { formatIpv4, isInside, parseCidr, parseIp } from './address/ip-address.ts'
import type { Destination } from './destination.ts'
import { quote } from './document/problem.ts'

/** Reads `host:port`; with a default port, `host` alone as well. Throws CALLER_BAD_TARGET. */
export function parseAuthority(text: string, defaultPort?: number): Destination {
  const { host, port } = splitAuthority(text)
  if (port === undefined && defaultPort === undefined) throw badTarget(text, 'has no port')
  return parseDestination(host, port ?? (defaultPort as number))
}

/** Brings a host (an IPv6 address in brackets or bare) and a port to canonical form. Throws CALLER_BAD_TARGET. */
export function parseDestination(host: string, port: number | string): Destination {
  const canonicalPort = parsePort(String(port))
  if (canonicalPort === undefined) throw badTarget(`${host}:${port}`, 'needs a port from 1 to 65535, in plain digits')
  const { text, kind } = canonicalHost(host)
  const authority = kind === 'ipv6' ? `[${text}]:${canonicalPort}` : `${text}:${canonicalPort}`
  return Object.freeze({ host: text, port: canonicalPort, kind, authority })
}

/** Splits at the port without judging either part. Throws CALLER_BAD_TARGET where the split itself is unclear. */
export function splitAuthority(text: string): { host: string; port?: string } {
  if (urlLike.test(text)) throw badTarget(text, notUrl)
  const bracketed = /^(\[[^\]]*\])(?::(.*))?$/s.exec(text)
  if (bracketed !== null) return withPort(bracketed[1] as string, bracketed[2])
  const [host = '', port, ...rest] = text.split(':')
  if (rest.length > 0) throw badTarget(text, 'has more than one colon: an IPv6 address stands in brackets')
  return withPort(host, port)
}

function withPort(host: string, port: string | undefined): { host: string; port?: string } {
  return port === undefined ? { host } : { host, port }
}

/** No sign, no leading zero, no other digits than ours: `:0443` and `:+443` are spellings a peer may read otherwise. */
function parsePort(text: string): number | undefined {
  return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined
}

interface CanonicalHost {
  readonly text: string
  readonly kind: Destination['kind']
}

function canonicalHost(host: string): CanonicalHost {
  if (host === '') throw badTarget(host, 'has no host')
  if (urlLike.test(host)) throw badTarget(host, notUrl)
  if (host.length > lengthMax) throw badTarget(host, `is longer than ${lengthMax} characters`)
  const bracketed = /^\[(.*)\]$/s.exec(host)
  if (bracketed !== null || host.includes(':')) return canonicalIpv6(bracketed?.[1] ?? host, host)
  // Node's URL parser drops tabs and line ends, decodes %41 and stops at / ? # and \: refused before it sees them.
  if (forbidden.test(host)) throw badTarget(host, 'has a character no host name has')
  const ascii = domainToASCII(host).replace(/\.$/, '')
  if (parseIp(ascii) !== undefined) return { text: ascii, kind: 'ipv4' }
  if (ascii === '') throw badTarget(host, 'is neither a host name nor an address')
  if (ascii.length > nameMax) throw badTarget(host, `is longer than the ${nameMax} characters of a host name`)
  const labels = ascii.split('.')
  if (!labels.every((label) => labelPattern.test(label))) throw badTarget(host, 'has a part no host name has')
  return { text: ascii, kind: 'name' }
}

function canonicalIpv6(address: string, host: string): CanonicalHost {
  const bytes = address.includes(':') && !address.includes('%') ? parseIp(address) : undefined
  if (bytes === undefined) throw badTarget(host, 'is not an IPv6 address')
  // ::ffff:10.0.0.1 dials the same host as 10.0.0.1, so a rule for one must hold for the other.
  if (isInside(ipv4Mapped, bytes)) return { text: formatIpv4(bytes.subarray(12)), kind: 'ipv4' }
  return { text: new URL(`http://[${address}]`).hostname.slice(1, -1), kind: 'ipv6' }
}

function badTarget(text: string, reason: string): SidecarError {
  return new SidecarError('CALLER_BAD_TARGET', `${quote(text)} ${reason}`, { details: { reason } })
}

/** A scheme, or the `@` behind user and password: somebody has pasted more than the host. */
const urlLike = /:\/\/|@/
const notUrl = 'must be a host name, not a URL'
/** Long enough for any name in Unicode, short enough to cost nothing. */
const lengthMax = 1024
const nameMax = 253
// Underscores are no part of host names and yet stand in many: backends of Windows domains, SRV-like labels.
const labelPattern = /^[a-z0-9_-]{1,63}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not pass.
const forbidden = /[\u0000-\u0020\u007f%@#/\\?[\]]/
const ipv4Mapped = parseCidr('::ffff:0:0/96') as NonNullable<ReturnType<typeof parseCidr>>
