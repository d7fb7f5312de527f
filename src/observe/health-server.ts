/**
 * Serves health and metrics on their own address, in the control process. No authentication, no access log, nothing
 * that changes anything: GET and HEAD only, small heads, short patience.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SidecarError } from '../errors.ts'
import type { ListenAddress } from '../settings/settings.ts'
import { type HealthCheck, healthAnswer } from './health-report.ts'
import type { MetricsText } from './print-metrics.ts'

export interface HealthServerOptions {
  readonly listen: ListenAddress
  readonly checks: () => readonly HealthCheck[]
  readonly metricsText: (accept: string | undefined) => Promise<MetricsText>
  /** Told what answering threw; the asker gets a 500 without it. */
  readonly onError: (error: unknown) => void
}

export interface HealthServer {
  /** Where it listens: the port that was given when 0 was asked for. */
  readonly address: ListenAddress
  close(): Promise<void>
}

/** Listens and answers until it is closed. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = process.getBuiltinModule('node:http').createServer(serverLimits, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      options.onError(error)
      send(request, response, { status: 500, contentType: plainText, body: 'internal error\n' })
    })
  })
  server.maxConnections = connectionsMax
  await listen(server, options.listen)
  server.on('error', options.onError)
  const { address, port } = server.address() as AddressInfo
  return { address: { host: address, port }, close: () => close(server) }
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

async function answer(options: HealthServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return send(request, response, { status: 405, contentType: plainText, body: 'only GET and HEAD\n' })
  }
  const { accept } = request.headers
  const url = targetOf(request)
  if (url?.pathname === '/metrics') {
    return send(request, response, { status: 200, ...(await options.metricsText(accept)) })
  }
  const health = url === null ? null : healthAnswer(url, { accept, checks: options.checks() })
  send(request, response, health ?? { status: 404, contentType: plainText, body: knownPaths })
}

function targetOf(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? '/', 'http://health.invalid')
}

function send(request: IncomingMessage, response: ServerResponse, { status, contentType, body }: Answer): void {
  if (response.headersSent) return
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
      const [code, found] =
        cause.code === 'EADDRINUSE'
          ? (['OPERATOR_PORT_IN_USE', 'is in use'] as const)
          : (['OPERATOR_ADDRESS_UNUSABLE', `cannot be used (${cause.code ?? cause.message})`] as const)
      reject(new SidecarError(code, `health.listen ${where} ${found}`, { details: { address: where }, cause }))
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

const plainText = 'text/plain; charset=utf-8'
const knownPaths = 'try /livez /readyz /startupz /healthz /metrics\n'
const connectionsMax = 100
/** Probes and scrapers are near and quick; whoever is slow here is not one of them. */
const serverLimits = {
  ...{ headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000, maxHeaderSize: 8192 },
  // Said outright, so that no NODE_OPTIONS makes it lenient.
  insecureHTTPParser: false,
}
