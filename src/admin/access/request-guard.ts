/**
 * What a request must be before anybody looks at who sent it. A browser sends cookies wherever it is led, so another
 * site must not be able to ask in its user's name, nor to reach this address under a name of its own (DNS rebinding).
 */
import { SidecarError } from '../../errors.ts'
import { isInside, parseCidr, parseIp } from '../../policy/address/ip-address.ts'
import { isLoopback } from '../../settings/listen-address.ts'
import type { Settings } from '../../settings/settings.ts'

/** What the guard looks at. */
export interface Arrival {
  readonly method: string
  readonly address: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
  readonly scheme: 'http' | 'https'
}

/** Makes the function that tells why a request is not answered at all; undefined for one that is. */
export function createRequestGuard(admin: Settings['admin']): (arrival: Arrival) => SidecarError | undefined {
  const ranges = admin.allow.includes('any') ? undefined : admin.allow.flatMap((text) => parseCidr(text) ?? [])
  const named = admin.hosts.filter((name) => name !== 'own').map((name) => name.toLowerCase())
  const own = admin.hosts.includes('own') ? ownNames(admin.listen) : []

  return (arrival) => {
    const { address, host = '', method, fetchSite, origin } = arrival
    if (ranges !== undefined && !isIn(ranges, address)) {
      return new SidecarError('OPERATOR_NOT_PERMITTED', `admin.allow does not have the address ${address}`)
    }
    if (![...named, ...own].includes(hostName(host))) {
      return new SidecarError('OPERATOR_CROSS_SITE', `the Host field names ${JSON.stringify(host)}, which is not ours`)
    }
    if (method === 'GET' || method === 'HEAD') return undefined
    if (isForeign({ fetchSite, origin, host, scheme: arrival.scheme })) {
      return new SidecarError('OPERATOR_CROSS_SITE', `another site asks: ${origin ?? fetchSite ?? ''}`)
    }
    return undefined
  }
}

/** Browsers of today say where a request comes from; older ones at least name the origin. Programs say neither. */
function isForeign({ fetchSite, origin, host, scheme }: Pick<Arrival, 'fetchSite' | 'origin' | 'host' | 'scheme'>) {
  if (fetchSite !== undefined) return fetchSite !== 'same-origin' && fetchSite !== 'none'
  return origin !== undefined && origin !== `${scheme}://${host}`
}

function ownNames(listen: Settings['admin']['listen']): readonly string[] {
  const { host } = listen
  const name = host.includes(':') ? `[${host}]` : host
  return isLoopback(listen) ? [name, 'localhost', '127.0.0.1', '[::1]'] : [name]
}

function hostName(host: string): string {
  return (/^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host)?.[1] ?? '').toLowerCase()
}

function isIn(ranges: readonly Parameters<typeof isInside>[0][], address: string): boolean {
  // A socket that listens on both families gives IPv4 callers as ::ffff:a.b.c.d.
  const bytes = parseIp(address.replace(/^::ffff:(?=\d+\.)/, ''))
  return bytes !== undefined && ranges.some((range) => isInside(range, bytes))
}
