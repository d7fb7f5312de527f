/**
 * The demo's backends: real TLS servers on loopback. What is wrong with a certificate needs no port of its own, SNI
 * chooses among them; what is wrong with the protocol does.
 */
import http from 'node:http'
import net from 'node:net'
import tls from 'node:tls'
import type { KeyAndChain } from './demo-certificates.ts'
import { echoWebSocket } from './echo-websocket.ts'
import { faults, hostOf, type ListenerName } from './faults.ts'

export interface DemoBackends {
  /** The port of each kind of listener. */
  readonly ports: Readonly<Record<ListenerName, number>>
  close(): void
}

const HOST = '127.0.0.1'
const SLOW_MS = 700

/** Starts every listener; `firstPort` is tried first and upwards, 0 lets the system choose. */
export async function startBackends(
  shown: ReadonlyMap<string, KeyAndChain>,
  { firstPort }: { firstPort: number },
): Promise<DemoBackends> {
  const web = http.createServer(answer).on('upgrade', echoWebSocket)
  const servers: Record<ListenerName, net.Server> = {
    shared: tls.createServer({ SNICallback: certificateBySni(shown) }),
    tls12: tls.createServer({ ...shownBy(shown, 'tls12'), maxVersion: 'TLSv1.2' }),
    // OpenSSL allows TLS 1.1 only at security level 0.
    tls11: tls.createServer({
      ...shownBy(shown, 'tls11'),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    }),
    'no-sni': tls.createServer({
      ...shownBy(shown, 'no-sni'),
      SNICallback: (_name, done) => done(new Error('no SNI')),
    }),
    reset: net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  }
  const sockets = new Set<net.Socket>()
  const ports: Partial<Record<ListenerName, number>> = {}
  let next = firstPort
  for (const [name, server] of Object.entries(servers) as [ListenerName, net.Server][]) {
    server.on('secureConnection', (socket: tls.TLSSocket) => web.emit('connection', socket))
    server.on('connection', (socket: net.Socket) => track(socket, sockets))
    ports[name] = await listen(server, next)
    next = next === 0 ? 0 : ports[name] + 1
  }
  const close = () => {
    for (const server of Object.values(servers)) server.close()
    for (const socket of sockets) socket.destroy()
    web.close()
  }
  return { ports: ports as Record<ListenerName, number>, close }
}

function shownBy(shown: ReadonlyMap<string, KeyAndChain>, name: string): KeyAndChain {
  const certificate = shown.get(name)
  if (certificate === undefined) throw new Error(`the demo made no certificate for ${name}`)
  return certificate
}

type SniCallback = NonNullable<tls.TlsOptions['SNICallback']>

/** Chooses by name; who names nothing, or nothing known, gets no certificate and so no handshake. */
function certificateBySni(shown: ReadonlyMap<string, KeyAndChain>): SniCallback {
  const contexts = new Map(
    faults
      .filter(({ listener }) => listener === 'shared')
      .map(({ name }) => [hostOf(name), tls.createSecureContext(shownBy(shown, name))]),
  )
  return (name, done) => done(null, contexts.get(name.toLowerCase()))
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  const body = `hello from ${host}\n`
  response.setHeader('Content-Type', 'text/plain')
  if (host === hostOf('slow')) setTimeout(() => response.end(body), SLOW_MS)
  else response.end(body)
}

function track(socket: net.Socket, sockets: Set<net.Socket>): void {
  sockets.add(socket)
  // Half of the visits end badly on purpose; an unheard 'error' would end the demo instead.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => sockets.delete(socket))
}

/** Listens on the first free port from `port` on, or on any when none of a hundred is. */
async function listen(server: net.Server, port: number): Promise<number> {
  const candidates = port === 0 ? [0] : [...Array.from({ length: 100 }, (_, step) => port + step), 0]
  for (const candidate of candidates) {
    if (await listens(server, candidate)) return (server.address() as net.AddressInfo).port
  }
  throw new Error(`no free port on ${HOST}`)
}

function listens(server: net.Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const failed = () => resolve(false)
    server.once('error', failed)
    server.listen({ host: HOST, port }, () => {
      server.off('error', failed)
      resolve(true)
    })
  })
}
