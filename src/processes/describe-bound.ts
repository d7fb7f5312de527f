import { formatListenAddress } from '../settings/listen-address.ts'
import type { BoundAddress } from './messages.ts'

/** Says where an entrance takes callers: `proxy listening on …`, `service NAME listening on …`. */
export function describeBound(bound: BoundAddress): string {
  const who = ['proxy', 'socks'].includes(bound.entrance) ? bound.entrance : `service ${bound.entrance}`
  return `${who} listening on ${formatBound(bound)}`
}

/** Writes a bound address as settings do. */
export function formatBound({ host, port, path }: BoundAddress): string {
  return path === undefined ? formatListenAddress({ host, port }) : `unix:${path}`
}

/** Tells the proxy's addresses from those of services. */
export function byEntrance(addresses: readonly BoundAddress[]) {
  return {
    proxy: addresses.filter(({ entrance }) => entrance === 'proxy'),
    services: addresses.filter(({ entrance }) => entrance !== 'proxy'),
  }
}
