/**
 * Whether a certificate was issued to a host. Node's own check falls back to the common name and takes `f*.example`,
 * so this one is ours: subject alternative names only, an IP address only by an iPAddress name, a wildcard only as
 * the whole left-most label, for one label, over at least two (RFC 6125 §6.4.3, RFC 9525 §6.3).
 */
import net from 'node:net'
import { bytesOfIp } from '../../certificate/ip-bytes.ts'
import type { SubjectName } from '../../certificate/parse-subject-names.ts'

/** Tells whether one of the names covers the host, which is in canonical form: lower case, ASCII, no trailing dot. */
export function matchesName(names: readonly SubjectName[], host: string): boolean {
  if (net.isIP(host) !== 0) return names.some((name) => name.kind === 'ip' && isSameAddress(name.value, host))
  return names.some((name) => name.kind === 'dns' && coversHost(name.value.toLowerCase(), host))
}

function coversHost(pattern: string, host: string): boolean {
  if (!pattern.includes('*')) return pattern === host
  const parent = pattern.slice(2)
  if (!pattern.startsWith('*.') || parent.includes('*') || !parent.includes('.')) return false
  const dot = host.indexOf('.')
  return dot > 0 && host.slice(dot + 1) === parent
}

function isSameAddress(one: string, other: string): boolean {
  return net.isIP(one) !== 0 && bytesOfIp(one).equals(bytesOfIp(other))
}
