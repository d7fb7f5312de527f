/**
 * Addresses to listen on, as operators write them: `127.0.0.1:3128`, `[::1]:3128`, `localhost:0`. Names other than
 * localhost are refused: what they resolve to may change, and with it who can reach us.
 */

import { isInside, parseCidr, parseIp } from '../policy/address/ip-address.ts'
import type { ListenAddress } from './settings.ts'

/** Reads an address to listen on, or says what is wrong with the text. */
export function parseListenAddress(text: string): ListenAddress | { readonly fault: string } {
  const [, ipv6, other, digits = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text) ?? []
  const written = ipv6 ?? other
  if (written === undefined) return { fault: shape }
  // 0 asks the system for a free port.
  if (!/^(0|[1-9]\d{0,4})$/.test(digits) || Number(digits) > 65_535) return { fault: 'expected a port from 0 to 65535' }
  const host = canonicalHost(written, { isIpv6: ipv6 !== undefined })
  return host === undefined ? { fault: shape } : { host, port: Number(digits) }
}

/** Writes an address as it is written in settings. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Tells whether only programs of this machine can reach an address. */
export function isLoopback({ host }: ListenAddress): boolean {
  const bytes = parseIp(host)
  return bytes !== undefined && loopback.some((range) => isInside(range, bytes))
}

function canonicalHost(written: string, { isIpv6 }: { isIpv6: boolean }): string | undefined {
  // One address, not whatever a hosts file makes of the word; callers that try ::1 first fall back at once.
  if (!isIpv6 && written.toLowerCase() === 'localhost') return '127.0.0.1'
  const bytes = parseIp(written)
  return bytes !== undefined && bytes.length === (isIpv6 ? 16 : 4) ? written.toLowerCase() : undefined
}

const shape = 'expected an address such as 127.0.0.1:3128, [::1]:3128 or localhost:3128'
const loopback = ['127.0.0.0/8', '::1', '::ffff:127.0.0.0/104'].flatMap((text) => parseCidr(text) ?? [])
