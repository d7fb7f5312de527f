import { SidecarError } from '../errors.ts'
import { unsafeVariable } from './layer.ts'
import { formatListenAddress, isLoopback } from './listen-address.ts'
import type { ListenAddress, Settings } from './settings.ts'

/** The addresses that need a word before they may leave loopback. */
export const guardedEntrances = ['proxy', 'admin', 'health'] as const
export type GuardedEntrance = (typeof guardedEntrances)[number]

/**
 * Refuses addresses outside loopback that nobody has allowed: whoever reaches the proxy uses our trust and our key
 * pairs, whoever reaches the admin address changes the policy.
 */
export function assertSafeAddresses(settings: Settings, allowed: ReadonlySet<GuardedEntrance>): void {
  const faults = unsafeAddresses(settings, allowed).map(({ entrance, fault }) => `${entrance}.listen ${fault}`)
  if (faults.length > 0) throw new SidecarError('OPERATOR_UNSAFE_ADDRESS', faults.join('; '), { details: { faults } })
}

/** Lists the addresses outside loopback that nobody has allowed. */
export function unsafeAddresses(settings: Settings, allowed: ReadonlySet<GuardedEntrance>) {
  return guardedEntrances
    .filter((entrance) => !allowed.has(entrance))
    .flatMap((entrance) =>
      outside(settings[entrance].listen).map((address) => ({ entrance, fault: describe(entrance, address) })),
    )
}

function outside(listen: ListenAddress | readonly ListenAddress[]): readonly ListenAddress[] {
  return [listen].flat().filter((address) => !isLoopback(address))
}

function describe(entrance: GuardedEntrance, address: ListenAddress): string {
  const flag = `--unsafe-${entrance}-listen`
  return `${formatListenAddress(address)} is outside loopback: if it is meant, give ${flag} or ${unsafeVariable(entrance)}=true`
}
