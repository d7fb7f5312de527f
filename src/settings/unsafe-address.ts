import { SidecarError } from '../errors.ts'
import { formatListenAddress, isLoopback } from './listen-address.ts'
import { type GuardedEntrance, type Listening, listeningOf } from './listening.ts'
import type { Settings } from './settings.ts'
import { unsafeVariable } from './variables.ts'

/**
 * Refuses addresses outside loopback that nobody has allowed: whoever reaches an entrance uses our trust and our key
 * pairs, whoever reaches the admin address changes the policy. Over TLS of its own
 * the admin address may be reached, and so may a service that demands certificates or tokens of its callers.
 */
export function assertSafeAddresses(settings: Settings, allowed: ReadonlySet<GuardedEntrance>): void {
  const faults = unsafeAddresses(settings, allowed).map(({ setting, fault }) => `${setting} ${fault}`)
  if (faults.length > 0) throw new SidecarError('OPERATOR_UNSAFE_ADDRESS', faults.join('; '), { details: { faults } })
}

/** Lists the addresses outside loopback that nobody has allowed. */
export function unsafeAddresses(settings: Settings, allowed: ReadonlySet<GuardedEntrance>) {
  return listeningOf(settings)
    .filter(({ entrance, address, knowsCallers }) => !allowed.has(entrance) && !isLoopback(address) && !knowsCallers)
    .filter(({ entrance }) => entrance !== 'admin' || settings.admin.identity === 'none')
    .map((listening) => ({ ...listening, fault: describe(listening) }))
}

function describe({ entrance, address }: Listening): string {
  const flag = `--unsafe-${entrance}-listen`
  const instead = entrance === 'admin' ? 'set admin.identity to serve it over TLS, or ' : ''
  return `${formatListenAddress(address)} is outside loopback: if it is meant, ${instead}give ${flag} or ${unsafeVariable(entrance)}=true`
}
