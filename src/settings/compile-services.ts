import { resolve } from 'node:path'
import type { Service, ServiceAddress } from './service.ts'
import type { ServiceEntry } from './service-schema.ts'
import { compileServiceTls } from './service-tls-schema.ts'
import { compileBackendWebSocket, compileWebSocket } from './service-web-socket-schema.ts'
import type { Settings } from './settings.ts'

/** Fills in what entries of `services` leave out; relative socket files belong to the folder of the settings file. */
export function compileServices(
  entries: readonly ServiceEntry[],
  { limits, timeouts, folder }: Pick<Settings, 'limits' | 'timeouts'> & { readonly folder: string },
): Service[] {
  return entries.map((entry) => ({
    name: entry.name,
    accept: addressOf(entry, folder),
    connect: entry.connect,
    failover: entry.failover,
    ...(entry.starttls === undefined ? {} : { starttls: entry.starttls }),
    limits: { connections: entry.limits.connections ?? limits.tunnels },
    timeouts: {
      connectMs: entry.timeouts.connect ?? timeouts.connectMs,
      handshakeMs: entry.timeouts.handshake ?? timeouts.handshakeMs,
      idleMs: entry.timeouts.idle ?? timeouts.idleMs,
    },
    proxyProtocol: proxyProtocolOf(entry),
    ...(entry.tokens === undefined ? {} : { tokens: entry.tokens }),
    ...(entry.tls === undefined ? {} : { tls: compileServiceTls(entry.tls) }),
    ...webSocketsOf(entry),
  }))
}

function webSocketsOf(entry: ServiceEntry): Pick<Service, 'webSocket' | 'backendWebSocket'> {
  const { accept, connect } = entry
  const backendWebSocket = compileBackendWebSocket(connect, entry.backendWebSocket)
  return {
    ...(accept.webSocketPath === undefined
      ? {}
      : { webSocket: compileWebSocket(accept.webSocketPath, entry.webSocket) }),
    ...(backendWebSocket === undefined ? {} : { backendWebSocket }),
  }
}

function addressOf({ accept, mode }: ServiceEntry, folder: string): ServiceAddress {
  if (accept.kind === 'tcp') return { kind: 'tcp', host: accept.host, port: accept.port }
  return { kind: 'unix', path: resolve(folder, accept.path), mode }
}

/** A key that is not said is not there at all: `undefined` would be lost on the way to the workers. */
function proxyProtocolOf({ proxyProtocol: { in: header, from, out } }: ServiceEntry): Service['proxyProtocol'] {
  return { ...(header === undefined ? {} : { in: header }), from, ...(out === undefined ? {} : { out }) }
}
