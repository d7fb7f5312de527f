/** WebSocket over TLS in, TLS out, through the real product: a page's view of a backend that speaks a stream of bytes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { type ClientOptions, WebSocket } from 'ws'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let sidecar: Sidecar
let ca: string

before(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-ws-'))
  cleaner.after(() => rmSync(folder, { recursive: true, force: true }))
  const gateway = await makeTrust(['gateway.localhost'], { name: 'gateway' })
  const corp = await makeTrust(['backend.localhost'])
  const stranger = await makeTrust(['backend.localhost'], { name: 'stranger' })
  const onSecure = (socket: NodeJS.ReadWriteStream) => void socket.pipe(socket)
  const good = await startBackend(cleaner, { certificate: corp.leaf, onSecure })
  const wrong = await startBackend(cleaner, { certificate: stranger.leaf, onSecure })
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
  sidecar = await startSidecar(cleaner, {
    trust: { corp: corp.ca.certificate },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }',
    settings: `identities: ${folder}\nservices:\n${service('echo', good.port)}${service('wrong', wrong.port)}`,
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

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
