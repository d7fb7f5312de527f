import { availableParallelism } from 'node:os'
import { compileServices } from './compile-services.ts'
import type { ServiceEntry } from './service-schema.ts'
import type { SettingPath } from './setting-table.ts'
import type { ListenAddress, Settings } from './settings.ts'

/**
 * Puts the chosen values into the shape the house uses. The schema has judged each of them at its path, so their types
 * are known here.
 */
export function toSettings(
  value: (path: SettingPath) => unknown,
  { services, folder }: { readonly services: readonly ServiceEntry[]; readonly folder: string },
): Settings {
  const number = (path: SettingPath) => value(path) as number
  const text = (path: SettingPath) => value(path) as string
  const limits = {
    callers: number('limits.callers'),
    tunnels: number('limits.tunnels'),
    headBytes: number('limits.headBytes'),
    backendConnections: number('limits.backendConnections'),
  }
  const timeouts = {
    dnsMs: number('timeouts.dns'),
    connectMs: number('timeouts.connect'),
    handshakeMs: number('timeouts.handshake'),
    headMs: number('timeouts.head'),
    firstByteMs: number('timeouts.firstByte'),
    idleMs: number('timeouts.idle'),
    drainMs: number('timeouts.drain'),
    pooledMs: number('timeouts.pooled'),
    verdictMs: number('timeouts.verdict'),
  }
  return {
    proxy: { listen: value('proxy.listen') as readonly ListenAddress[] },
    socks: {
      listen: (value('socks.listen') as readonly (ListenAddress | 'none')[]).filter((address) => address !== 'none'),
      users: text('socks.users'),
    },
    admin: {
      listen: value('admin.listen') as ListenAddress,
      identity: text('admin.identity'),
      allow: value('admin.allow') as readonly string[],
      hosts: value('admin.hosts') as readonly string[],
    },
    health: { listen: value('health.listen') as ListenAddress },
    policy: text('policy'),
    truststores: text('truststores'),
    identities: text('identities'),
    crls: text('crls'),
    state: text('state'),
    upstreamCredentials: text('upstreamCredentials'),
    workers: workerCount(value('workers') as number | 'auto'),
    openTunnels: text('openTunnels') as Settings['openTunnels'],
    refusalMessage: text('refusalMessage') === 'none' ? '' : text('refusalMessage'),
    services: compileServices(services, { limits, timeouts, folder }),
    limits,
    timeouts,
    log: {
      format: value('log.format') as Settings['log']['format'],
      level: value('log.level') as Settings['log']['level'],
    },
  }
}

/** Two at least, so that one can die without a pause; four at most, since a sidecar shares its machine. */
function workerCount(asked: number | 'auto'): number {
  return asked === 'auto' ? Math.max(2, Math.min(4, availableParallelism())) : asked
}
