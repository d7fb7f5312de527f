import type { ListenAddress, Settings } from './settings.ts'

/** The entrances whose addresses need a word before they may leave loopback. */
export const guardedEntrances = ['proxy', 'socks', 'services', 'admin', 'health'] as const
export type GuardedEntrance = (typeof guardedEntrances)[number]

/** One address that the settings want listened on, and where they say so. */
export interface Listening {
  readonly entrance: GuardedEntrance
  /** As a reader finds it: `proxy.listen`, `services[0].accept`. */
  readonly setting: string
  readonly address: ListenAddress
  /** Nobody gets anything here who does not show who they are. */
  readonly knowsCallers?: true
}

/** Lists every TCP address that the settings want listened on. */
export function listeningOf({ proxy, socks, services, admin, health }: Settings): Listening[] {
  return [
    ...proxy.listen.map((address): Listening => ({ entrance: 'proxy', setting: 'proxy.listen', address })),
    ...socks.listen.map((address): Listening => ({ entrance: 'socks', setting: 'socks.listen', address })),
    ...services.flatMap(({ accept, tls, tokens }, index): Listening[] => {
      if (accept.kind === 'unix') return []
      const { host, port } = accept
      const setting = `services[${index}].accept`
      const knowsCallers = tls?.verifyClient === 'required' || tokens !== undefined
      return [{ entrance: 'services', setting, address: { host, port }, ...(knowsCallers ? { knowsCallers } : {}) }]
    }),
    { entrance: 'admin', setting: 'admin.listen', address: admin.listen },
    { entrance: 'health', setting: 'health.listen', address: health.listen },
  ]
}
