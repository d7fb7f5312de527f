import { ServiceEntrance, type ServiceEntranceOptions } from '../../service/service-entrance.ts'
import { TunnelEntrance, type TunnelEntranceOptions } from '../../service/tunnel-entrance.ts'
import type { Service } from '../../settings/service.ts'

/** By the name of the service. */
export type ServiceEntrances = ReadonlyMap<string, ServiceEntrance | TunnelEntrance>

type Shared = Omit<ServiceEntranceOptions & TunnelEntranceOptions, 'service'>

/** Makes the entrance of each service, by its name. */
export function serviceEntrances(services: readonly Service[], shared: Shared): ServiceEntrances {
  return new Map(services.map((service) => [service.name, entranceOf(service, shared)]))
}

function entranceOf(service: Service, { tokenUsed, ...shared }: Shared): ServiceEntrance | TunnelEntrance {
  const { tls, tokens } = service
  if (tls === undefined || tokens === undefined) return new ServiceEntrance({ ...shared, service })
  return new TunnelEntrance({ ...shared, tokenUsed, service: { ...service, tls, tokens } })
}
