import { formatListenAddress } from './listen-address.ts'
import type { Settings } from './settings.ts'

/**
 * Says that the System Manager listens on every address of the machine and knows none of the names it would be called by:
 * whoever asks gets 403. Empty where that is not so.
 */
export function describeUnnamedAdmin({ listen, hosts }: Settings['admin']): string {
  const isForAll = /^[0.:]+$/.test(listen.host)
  if (!isForAll || hosts.some((name) => name !== 'own')) return ''
  return `admin.listen ${formatListenAddress(listen)} is every address of this machine, and admin.hosts names none: each request by a name or an address of it is refused (403 OPERATOR_CROSS_SITE); list in admin.hosts what browsers call it`
}
