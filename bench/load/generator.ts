/**
 * The load generator, a process of its own so that nothing else delays its clock. Its parent sends an order, is
 * told `running` when everything is open, sends `stop`, and gets the figures; each request is in the request log.
 */
import fs from 'node:fs'
import { RequestLoad } from './request-load.ts'
import { RequestLogWriter } from './request-log.ts'
import { type TunnelFigures, TunnelLoad } from './tunnel-load.ts'

export interface GeneratorOrder {
  readonly proxyPort: number
  /** The name in the backend's certificate. */
  readonly host: string
  readonly httpPort: number
  readonly echoPort: number
  readonly ca: string
  readonly rate: number
  readonly connections: number
  readonly freshPerSecond: number
  readonly tunnels: number
  readonly tunnelIntervalMs: number
  readonly shortTunnelsPerSecond: number
  readonly requestLog: string
}

export interface GeneratorFigures {
  readonly tunnels: TunnelFigures
  readonly closedIdle: number
  readonly closedAnnounced: number
  readonly notSent: number
}

export type FromGenerator =
  | { readonly type: 'running' }
  | { readonly type: 'figures'; readonly figures: GeneratorFigures }

const STOP_WAIT_MS = 10_000

if (import.meta.main) process.once('message', (order: GeneratorOrder) => generate(order))
if (import.meta.main) process.once('disconnect', () => process.exit(0))

async function generate(order: GeneratorOrder): Promise<void> {
  const log = new RequestLogWriter(order.requestLog)
  const requests = new RequestLoad({
    proxyPort: order.proxyPort,
    authority: `${order.host}:${order.httpPort}`,
    rate: order.rate,
    connections: order.connections,
    freshPerSecond: order.freshPerSecond,
    over: (entry) => log.add(entry),
  })
  const tunnels = new TunnelLoad({
    proxyPort: order.proxyPort,
    authority: `${order.host}:${order.echoPort}`,
    host: order.host,
    ca: fs.readFileSync(order.ca),
    intervalMs: order.tunnelIntervalMs,
    tunnels: order.tunnels,
    shortPerSecond: order.shortTunnelsPerSecond,
  })
  await tunnels.start()
  requests.start()
  tell({ type: 'running' })
  process.once('message', async () => {
    await requests.stop(STOP_WAIT_MS)
    const tunnelFigures = await tunnels.stop(STOP_WAIT_MS)
    log.close()
    const { closedIdle, closedAnnounced, notSent } = requests
    tell({ type: 'figures', figures: { tunnels: tunnelFigures, closedIdle, closedAnnounced, notSent } })
  })
}

function tell(message: FromGenerator): void {
  process.send?.(message)
}
