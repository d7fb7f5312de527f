/**
 * Goal: a caller that resets its connection, at whatever point, ends nothing but its own work, and leaves no file open.
 * Method: both doors of the proxy and a service over the real Backends; at each point many callers break off at once.
 * An 'error' that nobody listens to would end this process; what is open is counted by the kernel.
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import type net from 'node:net'
import { after, test } from 'node:test'
import type tls from 'node:tls'
import { Backends } from '../../src/backend/backends.ts'
import { ProxyEntrance } from '../../src/proxy/proxy-entrance.ts'
import { ServiceEntrance } from '../../src/service/service-entrance.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { acceptOn, bindHandle, type TcpHandle } from '../../src/wire/raw-handle.ts'
import { RawSocket } from '../kit/entrance.ts'
import { makeSnapshot } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeRule, pattern } from '../kit/policies.ts'
import { startBackend, startRawBackend } from '../kit/start-backend.ts'
import { turns } from '../kit/wires.ts'
import { asRecord, serverName, writeClientHello } from '../kit/write-client-hello.ts'

const CALLERS = 20
const POOLED_MS = 1
/** What would have ended the process; the runner of tests only notes it. */
let fatal: Error | undefined
process.on('uncaughtException', (error) => {
  fatal ??= error
})
const cleaners: (() => unknown)[] = []
const cleaner = { after: (clean: unknown) => void cleaners.unshift(clean as () => unknown) }
after(async () => {
  for (const clean of cleaners) await clean()
})

const trust = await makeTrust(['good.test'])
const pours = (socket: tls.TLSSocket) =>
  socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n${'x'.repeat(200_000)}`))
const good = await startBackend(cleaner, { certificate: trust.leaf, onSecure: pours })
const mute = await startRawBackend(cleaner, {
  onSocket: (socket: net.Socket) => void socket.resume().on('end', () => socket.end()),
})

/** Names wait here until a test lets them go on. */
let opened = Promise.withResolvers<void>()
const snapshot = makeSnapshot({
  trust: [trust.set],
  timeouts: { pooledMs: POOLED_MS, connectMs: 9000, handshakeMs: 9000 },
  limits: { backendConnections: 100 },
  rules: [makeRule({ name: 'never', match: [pattern('bad.test')], action: 'deny' })],
})
const deadlines = new Deadlines()
const resolve = async (name: string) => {
  if (name === 'slow.test') await opened.promise
  return ['127.0.0.1']
}
const tools = { snapshot, deadlines, backends: new Backends({ snapshot, deadlines, resolve }), finished: () => {} }
const proxy = new ProxyEntrance({ ...tools, via: 'vedette-test' })
const service = new ServiceEntrance({
  ...tools,
  service: {
    name: 'service',
    accept: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    connect: [{ scheme: 'tls', authority: `good.test:${mute.port}` }],
    failover: 'priority',
    limits: { connections: 100 },
    timeouts: { connectMs: 9000, handshakeMs: 9000, idleMs: 60_000 },
    proxyProtocol: { from: [] },
  },
})
const doors = {
  http: portOf((caller) => proxy.accept(caller)),
  socks: portOf((caller) => proxy.acceptSocks(caller)),
  service: portOf((caller) => service.accept(caller)),
}

function portOf(accept: (caller: TcpHandle) => void): number {
  const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
  acceptOn(handle, accept)
  cleaner.after(() => handle.close())
  return port
}
cleaner.after(() => {
  proxy.cut()
  service.cut()
  tools.backends.close()
  deadlines.close()
})

const get = (to: string) => `GET http://${to}/ HTTP/1.1\r\nHost: x\r\n\r\n`
const post = (to: string) => `POST http://${to}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`
const connect = (to: string) => `CONNECT ${to} HTTP/1.1\r\nHost: x\r\n\r\n`
const socks = (name: string, port: number) =>
  `\x05\x01\x00\x05\x01\x00\x03${String.fromCharCode(name.length)}${name}${String.fromCharCode(port >> 8, port & 0xff)}`
const [whole, silent, slow] = [`good.test:${good.port}`, `good.test:${mute.port}`, `slow.test:${good.port}`]
const hello = asRecord(1, writeClientHello({ extensions: [serverName('good.test')] })).toString('latin1')

const points: [point: string, door: keyof typeof doors, sent: string, seen?: string, then?: string][] = [
  ['before a word', 'http', ''],
  ['in the middle of a head', 'http', get(whole).slice(0, 20)],
  ['while the name of a request is asked for', 'http', get(slow)],
  ['while the name of a tunnel is asked for', 'http', connect(slow)],
  ['during the handshake for a request', 'http', get(silent)],
  ['during the handshake for a body', 'http', post(silent)],
  ['during the handshake for a tunnel', 'http', connect(silent)],
  ['with a refused request', 'http', get('bad.test')],
  ['with a refused tunnel', 'http', connect('bad.test:443')],
  ['with a bad head', 'http', 'GET / HTTP/1.1\r\n\r\n'],
  ['behind the answer to a bad head', 'http', 'GET / HTTP/1.1\r\n\r\n', '400'],
  ['behind the refusal of a tunnel', 'http', connect('bad.test:443'), '403'],
  ['in the middle of an answer', 'http', get(whole), 'xxx'],
  ['in the middle of a body', 'http', post(whole), 'xxx'],
  ['before the hello of a tunnel', 'http', connect(whole), '200'],
  ['in the middle of the hello', 'http', connect(whole), '200', hello.slice(0, 40)],
  ['behind the hello', 'http', connect(whole), '200', hello],
  ['behind the first word of SOCKS', 'socks', '\x05'],
  ['while the name of SOCKS is asked for', 'socks', socks('slow.test', good.port)],
  ['during the handshake for SOCKS', 'socks', socks('good.test', mute.port)],
  ['with a refused SOCKS', 'socks', socks('bad.test', 443)],
  ['during the handshake of a service', 'service', 'hello'],
]
for (const [point, door, sent, seen, then] of points) {
  test(`callers that reset ${point} leave nothing behind`, async (t) => {
    opened = Promise.withResolvers<void>()
    const before = openFiles()
    const callers = await Promise.all(Array.from({ length: CALLERS }, () => RawSocket.connect(t, doors[door])))
    for (const caller of callers) caller.send(sent)
    for (const caller of callers) if (seen !== undefined) await caller.receive(seen)
    for (const caller of callers) if (then !== undefined) caller.send(then)
    // One half at once, with what they have said still unread; the others when it has been dealt with.
    for (const caller of callers.splice(0, CALLERS / 2)) caller.socket.resetAndDestroy()
    await turns()
    for (const caller of callers) caller.socket.resetAndDestroy()
    await turns()
    opened.resolve()
    // A dial runs on when its caller has left, and what it opened waits in the pool for the next: both end here.
    const begunMs = performance.now()
    while (openFiles() > before) {
      assert.ok(performance.now() - begunMs < 5000, `${openFiles() - before} files stay open`)
      for (const socket of mute.sockets) socket.destroy()
      deadlines.sweep(performance.now() + POOLED_MS + 1000)
      await new Promise(setImmediate)
    }
    const last = await RawSocket.connect(t, doors.http)
    last.send(get('bad.test'))
    assert.match(await last.receive('}\n'), /^HTTP\/1\.1 403 /)
    last.socket.destroy()
    assert.equal(fatal, undefined)
  })
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length
}
