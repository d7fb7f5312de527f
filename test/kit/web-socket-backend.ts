/** Backends that speak WebSocket: the library's own server, and one whose every byte the test writes itself. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type net from 'node:net'
import type { TestContext } from 'node:test'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import type { BackendWebSocket, ServiceBackend } from '../../src/settings/service.ts'
import type { RawSocket } from './entrance.ts'

/** What a service asks its backends for, where a test does not say otherwise. */
export const backendWebSocket: BackendWebSocket = { protocols: [], messageBytes: 65_536, pingMs: 60_000 }

/** A plain backend of a service, at the path that the tests use. */
export const plainWebSocket = (port: number): ServiceBackend => ({
  scheme: 'ws',
  authority: `127.0.0.1:${port}`,
  path: '/tcp?a=b',
})

/** Starts a server of the library's own, or one on a server that is there; `accepted` gives each WebSocket in turn, with the request it began with. */
export async function startWebSocketServer(t: TestContext, options: ServerOptions = {}) {
  const own = options.server === undefined ? { port: 0, host: '127.0.0.1' } : {}
  const server = new WebSocketServer({ ...own, path: '/tcp', ...options })
  t.after(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  if (options.server === undefined) await once(server, 'listening')
  const accepted = async () => {
    const [socket, request] = await once(server, 'connection')
    return { socket: socket as WebSocket, headers: request.headers, url: request.url }
  }
  const port = options.server === undefined ? (server.address() as net.AddressInfo).port : 0
  return { server, port, accepted }
}

/** Reads the request for a WebSocket; gives the fields that a right answer has. */
export async function readRequest(connection: RawSocket): Promise<{ head: string; right: string[] }> {
  const head = await connection.receive('\r\n\r\n')
  const [, key = ''] = /^sec-websocket-key: (.*)\r$/im.exec(head) ?? []
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return { head, right: ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`] }
}

/** Sends the head of an answer. */
export function answer(
  connection: RawSocket,
  fields: readonly string[],
  line = 'HTTP/1.1 101 Switching Protocols',
): void {
  connection.send([line, ...fields, '', ''].join('\r\n'))
}
