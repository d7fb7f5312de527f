import { isInside, parseCidr, parseIp } from '../policy/address/ip-address.ts'
import type { CallerEnds } from './caller-ends.ts'

/** Tells whether a peer is among those that may speak for others; `unix` lists the callers of a socket file. */
export function isAllowedPeer(ends: CallerEnds, from: readonly string[]): boolean {
  if (ends === undefined) return from.includes('unix')
  const bytes = parseIp(ends.source.address)
  if (bytes === undefined) return false
  return from.some((text) => {
    const range = parseCidr(text)
    return range !== undefined && isInside(range, bytes)
  })
}
