/** Judges a destination by what is known before any name is resolved. */

import { type AddressRefusal, compileAddresses } from './address/judge-address.ts'
import type { Destination } from './destination.ts'
import type { Policy } from './policy.ts'

/** An address that is never dialled, and why. */
export interface DeniedAddress extends AddressRefusal {
  readonly address: string
}

/**
 * Gives the address a destination fails at, if it is one or a name below localhost, which is loopback everywhere
 * (RFC 6761 §6.3). Undefined when some address may be dialled, and for every name that only a resolver knows.
 */
export function deniedAddressOf(addresses: Policy['addresses'], destination: Destination): DeniedAddress | undefined {
  const judge = compileAddresses(addresses)
  const judged = addressesOf(destination).map((address) => ({ address, ...judge(address) }))
  const denied = judged.flatMap((each) => (each.allowed ? [] : [each]))
  return denied.length === judged.length ? denied[0] : undefined
}

/** Says in one sentence which range denies an address, and what to change if it is meant. */
export function describeDenied({ authority }: Destination, denied: DeniedAddress): string {
  const { address, range, rangeText, hidden } = denied
  const disguise = hidden === undefined ? address : `${address}, with ${hidden} hidden in it,`
  const why = `${disguise} is in ${rangeText} (${range}), which destinations.denyAddresses has`
  return `${authority} is never dialled: ${why}. If it is meant, name ${hidden ?? address} in destinations.allowAddresses.`
}

function addressesOf({ host, kind }: Destination): readonly string[] {
  if (kind !== 'name') return [host]
  return host === 'localhost' || host.endsWith('.localhost') ? ['127.0.0.1', '::1'] : []
}
