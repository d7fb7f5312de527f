import { SidecarError } from '../errors.ts'
import type { Service } from '../settings/service.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { TrustSet } from '../truststore/trust-set.ts'

/** Finds a trust store that a service names; throws OPERATOR_BAD_TRUST_STORE where it is not loaded. */
export function trustSetOf(
  { name }: Pick<Service, 'name'>,
  { trust }: Pick<Snapshot, 'trust'>,
  store: string,
): TrustSet {
  const set = trust[store]
  if (set !== undefined) return set
  const message = `service ${name}: trust store ${store} is not loaded`
  throw new SidecarError('OPERATOR_BAD_TRUST_STORE', message, { details: { service: name, store } })
}
