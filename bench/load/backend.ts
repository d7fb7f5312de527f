/**
 * The backend of the restart run, a process of its own: an HTTPS server that says exactly what it got and answers
 * bytes that can be checked, and a TLS echo for tunnels. It uses node:http so as to share no code with the proxy.
 */
import fs from 'node:fs'
import type http from 'node:http'
import https from 'node:https'
import type net from 'node:net'
import tls from 'node:tls'
import { BodyMeter, bodyOf, factsText } from './body.ts'

/** Sent by the parent, once. */
export interface BackendOrder {
  readonly certificate: string
  readonly key: string
}

/** Sent to the parent when both servers listen. */
export interface BackendPorts {
  readonly http: number
  readonly echo: number
}

const DRIPS = 4
const KEEP_ALIVE_MS = 3_600_000

if (import.meta.main) process.once('message', (order: BackendOrder) => serve(order))
// The parent's channel is the lifeline: without a parent there is nobody left to end this process.
if (import.meta.main) process.once('disconnect', () => process.exit(0))

async function serve(order: BackendOrder): Promise<void> {
  const credentials = { cert: fs.readFileSync(order.certificate), key: fs.readFileSync(order.key) }
  // No connection is closed for being idle: a close that crosses a request would be blamed on the proxy.
  const options = { ...credentials, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, headersTimeout: 0 }
  const answering = https.createServer(options, (request, response) => {
    // A caller that leaves in mid-body costs its own exchange, not this process.
    answer(request, response).catch(() => response.destroy())
  })
  answering.on('tlsClientError', () => {})
  const echoing = tls.createServer(credentials, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  })
  const ports: BackendPorts = { http: await listen(answering), echo: await listen(echoing) }
  process.send?.(ports)
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const asked = new URL(request.url ?? '/', 'https://backend').searchParams
  const number = (name: string) => Number(asked.get(name) ?? 0)
  const meter = new BodyMeter()
  for await (const piece of request) meter.add(piece as Buffer)
  if (number('delay') > 0) await later(number('delay'))
  const body = bodyOf(number('id'), number('answer'))
  response.setHeader('X-Id', number('id'))
  response.setHeader('X-Got', factsText(meter))
  if (!asked.has('chunked')) response.setHeader('Content-Length', body.length)
  if (!asked.has('drip')) return void response.end(body)
  const part = Math.ceil(body.length / DRIPS)
  for (let at = 0; at < body.length; at += part) {
    response.write(body.subarray(at, at + part))
    await later(number('drip'))
  }
  response.end()
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port))
  })
}
