/**
 * WebSocket through the real product: over TLS in and TLS out, as a page sees a backend that speaks a stream of bytes; and the
 * other way round, a plain caller of a real WebSocket server whose certificate decides before a byte of HTTP is sent.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws'
import type { MadeCertificate } from '../../src/certificate/make-certificate.ts'
import { RawSocket } from '../kit/entrance.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let sidecar: Sidecar
let ca: string
/** What the server that is not trusted was sent inside TLS. */
let leaked = 0

before(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-ws-'))
  cleaner.after(() => rmSync(folder, { recursive: true, force: true }))
  const gateway = await makeTrust(['gateway.localhost'], { name: 'gateway' })
  const corp = await makeTrust(['backend.localhost'])
  const stranger = await makeTrust(['backend.localhost'], { name: 'stranger' })
  const onSecure = (socket: NodeJS.ReadWriteStream) => void socket.pipe(socket)
  const good = await startBackend(cleaner, { certificate: corp.leaf, onSecure })
  const wrong = await startBackend(cleaner, { certificate: stranger.leaf, onSecure })
  const server = await startWebSocketServer(corp.leaf)
  const untrusted = await startBackend(cleaner, {
    certificate: stranger.leaf,
    onSecure: (socket) =>
      socket.on('data', (chunk) => {
        leaked += chunk.length
      }),
  })
  mkdirSync(path.join(folder, 'gateway'))
  writeFileSync(path.join(folder, 'gateway', 'tls.crt'), gateway.leaf.certificate)
  writeFileSync(path.join(folder, 'gateway', 'tls.key'), gateway.leaf.key)
  ca = gateway.ca.certificate
  const service = (name: string, port: number) =>
    `  - name: ${name}
    accept: wss://127.0.0.1:0/${name}
    connect: tls://backend.localhost:${port}
    tls: { certificate: gateway }
    webSocket: { origins: ["https://app.test"] }\n`
  const outwards = (name: string, accept: string, port: number) =>
    `  - { name: ${name}, accept: "${accept}", connect: "wss://backend.localhost:${port}/talk", backendWebSocket: { protocols: [talk.v1] } }\n`
  sidecar = await startSidecar(cleaner, {
    trust: { corp: corp.ca.certificate },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }',
    settings: `identities: ${folder}\nservices:\n${service('echo', good.port)}${service('wrong', wrong.port)}${[
      outwards('out', '127.0.0.1:0', server),
      outwards('through', 'ws://127.0.0.1:0/', server),
      outwards('refused', '127.0.0.1:0', untrusted.port),
      `  - { name: file, accept: "wss+unix:talk.sock:/file", connect: "tls://backend.localhost:${good.port}", tls: { certificate: gateway } }\n`,
    ].join('')}`,
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

/** A real server over TLS that takes one protocol at one path, and says back what it hears; its port. */
async function startWebSocketServer({ certificate, key }: MadeCertificate): Promise<number> {
  const server = https.createServer({ cert: certificate, key })
  const sockets = new WebSocketServer({ server, path: '/talk' })
  sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
  cleaner.after(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

function call(name: string, options: ClientOptions = {}): WebSocket {
  const url = `wss://127.0.0.1:${sidecar.servicePort(name)}/${name}`
  const socket = new WebSocket(url, { ca, servername: 'gateway.localhost', ...options } as ClientOptions)
  socket.on('error', () => {})
  cleaner.after(() => socket.terminate())
  return socket
}

test('wss in, TLS out: what is sent comes back, and the log has both handshakes', async () => {
  const socket = call('echo', { origin: 'https://app.test' })
  await once(socket, 'open')
  socket.send('over and back')
  assert.equal(String((await once(socket, 'message'))[0]), 'over and back')
  socket.close(1000)
  const line = await sidecar.line(({ event, entrance }) => event === 'tunnel' && entrance === 'echo')
  assert.deepEqual([line.verdict, line.callerProtocol], ['trusted', 'TLSv1.3'])
})

test('a backend that is not trusted, and a page of another origin, get no WebSocket', async () => {
  const [, refused] = await once(call('wrong'), 'unexpected-response')
  assert.equal(refused.statusCode, 403)
  await sidecar.line(({ entrance, error }) => entrance === 'wrong' && error === 'POLICY_VERDICT_REFUSED')
  const [, foreign] = await once(call('echo', { origin: 'https://evil.test' }), 'unexpected-response')
  assert.equal(foreign.statusCode, 403)
  await sidecar.line(({ entrance, error }) => entrance === 'echo' && error === 'CALLER_BAD_UPGRADE')
})

test('TCP in, wss out: bytes go and come in messages, after the whole verdict', async (t) => {
  const caller = await RawSocket.connect(t, sidecar.servicePort('out'))
  caller.send('there and back')
  assert.equal(await caller.receive('back'), 'there and back')
  caller.socket.end()
  await caller.until(({ ended }) => ended)
  const line = await sidecar.line(({ event, entrance }) => event === 'tunnel' && entrance === 'out')
  const { scheme, verdict, decision, error, bytesOut, bytesIn } = line
  assert.deepEqual(
    { scheme, verdict, decision, error, bytesOut, bytesIn },
    {
      scheme: 'wss',
      verdict: 'trusted',
      decision: 'allow',
      error: undefined,
      bytesOut: 14,
      bytesIn: 14,
    },
  )
})

test('a WebSocket in and a WebSocket out carry the same bytes', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${sidecar.servicePort('through')}/`)
  cleaner.after(() => socket.terminate())
  await once(socket, 'open')
  socket.send('over and over')
  assert.equal(String((await once(socket, 'message'))[0]), 'over and over')
  socket.close(1000)
  assert.equal((await once(socket, 'close'))[0], 1000)
})

test('a WebSocket server that is not trusted gets not one byte of HTTP, and its caller is reset', async (t) => {
  const caller = await RawSocket.connect(t, sidecar.servicePort('refused'))
  caller.send('secret')
  await caller.until(({ closed }) => closed).catch(() => {})
  assert.equal(caller.error?.code, 'ECONNRESET')
  const line = await sidecar.line(({ event, entrance }) => event === 'tunnel' && entrance === 'refused')
  assert.deepEqual([line.error, line.scheme, line.findings], ['POLICY_VERDICT_REFUSED', 'wss', ['untrusted-issuer']])
  assert.equal(leaked, 0)
})

test('wss on a socket file is what it is on a port', async () => {
  const file = path.join(sidecar.folder, 'talk.sock')
  const createConnection = () => tls.connect({ path: file, ca, servername: 'gateway.localhost' })
  const at = (where: string) => {
    const socket = new WebSocket(`wss://gateway.localhost/${where}`, { createConnection })
    socket.on('error', () => {})
    cleaner.after(() => socket.terminate())
    return socket
  }
  const socket = at('file')
  await once(socket, 'open')
  socket.send('by a file')
  assert.equal(String((await once(socket, 'message'))[0]), 'by a file')
  const [, elsewhere] = await once(at('other'), 'unexpected-response')
  assert.equal(elsewhere.statusCode, 404)
})
