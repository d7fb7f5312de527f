/**
 * Patterns of `match`. `mail.example.org` is that host and no other; `*.example.org` is every host with ONE OR MORE
 * labels in front, so `a.example.org` and `a.b.example.org`, and never `example.org` itself. Either may end in a port;
 * without one it holds for every port. An IPv6 address stands in brackets.
 */
import { SidecarError } from '../errors.ts'
import type { Destination } from './destination.ts'
import { parseDestination, splitAuthority } from './parse-destination.ts'
import type { HostPattern } from './policy.ts'

/** Tells whether a pattern covers a destination. */
export function matchesHost(pattern: HostPattern, destination: Destination): boolean {
  if (pattern.port !== undefined && pattern.port !== destination.port) return false
  return pattern.wildcard ? isBelow(destination.host, pattern.host) : destination.host === pattern.host
}

/** Tells whether whatever `narrow` covers, `wide` covers too. */
export function coversPattern(wide: HostPattern, narrow: HostPattern): boolean {
  if (wide.port !== undefined && wide.port !== narrow.port) return false
  if (!wide.wildcard) return !narrow.wildcard && narrow.host === wide.host
  return isBelow(narrow.host, wide.host) || (narrow.wildcard && narrow.host === wide.host)
}

/** Reads one entry of `match`, its host brought to the canonical form of destinations. Throws CALLER_BAD_TARGET. */
export function parsePattern(text: string): HostPattern {
  const wildcard = text.startsWith('*.')
  const { host, port } = splitAuthority(wildcard ? text.slice(2) : text)
  if (host.includes('*')) throw badPattern(text, 'has a * elsewhere than in front, as in *.example.org')
  const destination = parseDestination(host, port ?? anyPort)
  if (wildcard && destination.kind !== 'name')
    throw badPattern(text, 'is a wildcard over an address: name each address')
  return { text, host: destination.host, wildcard, ...(port === undefined ? {} : { port: destination.port }) }
}

function isBelow(host: string, parent: string): boolean {
  return host.endsWith(parent) && host[host.length - parent.length - 1] === '.'
}

function badPattern(text: string, reason: string): SidecarError {
  return new SidecarError('CALLER_BAD_TARGET', `${text} ${reason}`, { details: { reason } })
}

/** Stands in while the host is read; it is not kept. */
const anyPort = 443
