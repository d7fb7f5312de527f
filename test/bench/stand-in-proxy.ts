/**
 * A small forward proxy on node:http with faults to order, so that the load generator can be shown to see each of
 * them. It has nothing to do with the product: a generator proven only against a proxy without faults proves nothing.
 */
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'

export type Fault = 'none' | 'cut-answer' | 'change-answer' | 'swap-answer' | 'change-request' | 'refuse' | 'close-idle'

export interface StandIn {
  readonly port: number
  /** From now on this is what goes wrong. */
  fault: Fault
  cutTunnels(): void
  close(): Promise<void>
}

/** Starts the stand-in on a free port; it trusts `caPath` and dials loopback whatever the name. */
export async function startStandIn(caPath: string): Promise<StandIn> {
  const agent = new https.Agent({ keepAlive: true, ca: fs.readFileSync(caPath) })
  const tunnels = new Set<net.Socket>()
  const server = http.createServer((request, response) => forward({ request, response, agent, fault: standIn.fault }))
  server.on('connect', (request: http.IncomingMessage, caller: net.Socket) => {
    const backend = net.connect(Number(request.url?.split(':')[1]), '127.0.0.1')
    for (const [socket, other] of [
      [caller, backend],
      [backend, caller],
    ] as const) {
      tunnels.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => other.destroy())
    }
    backend.once('connect', () => {
      caller.write('HTTP/1.1 200 OK\r\n\r\n')
      caller.pipe(backend).pipe(caller)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const cutTunnels = () => {
    for (const socket of tunnels) socket.destroy()
  }
  const standIn: StandIn = {
    port: (server.address() as net.AddressInfo).port,
    fault: 'none',
    cutTunnels,
    close: () => {
      agent.destroy()
      cutTunnels()
      server.closeAllConnections()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
  return standIn
}

function forward(exchange: {
  request: http.IncomingMessage
  response: http.ServerResponse
  agent: https.Agent
  fault: Fault
}): void {
  const { request, response, agent, fault } = exchange
  if (fault === 'refuse') return void response.writeHead(502, { 'Proxy-Status': 'stand-in', 'Content-Length': 0 }).end()
  const target = new URL(request.url ?? '')
  // Asking for the neighbour's answer is what a proxy that mixes up two callers would deliver.
  if (fault === 'swap-answer') target.searchParams.set('id', String(Number(target.searchParams.get('id')) + 1))
  const { method, headers } = request
  const onward = https.request({
    host: '127.0.0.1',
    port: target.port,
    servername: target.hostname,
    agent,
    method,
    headers,
    path: target.pathname + target.search,
  })
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.on('data', (piece: Buffer) => {
      if (fault === 'cut-answer') return void request.socket.destroy()
      if (fault === 'change-answer') piece[0] = (piece[0] as number) ^ 1
      response.write(piece)
    })
    answer.on('end', () => {
      response.end()
      if (fault === 'close-idle') setTimeout(() => request.socket.destroy(), 5)
    })
    answer.on('error', () => {})
  })
  onward.on('error', () => request.socket.destroy())
  response.on('error', () => {})
  request.on('data', (piece: Buffer) => {
    if (fault === 'change-request') piece[0] = (piece[0] as number) ^ 1
    onward.write(piece)
  })
  request.on('end', () => onward.end())
}
