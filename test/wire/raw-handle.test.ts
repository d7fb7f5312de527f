/**
 * Goal: to notice at once when a release of Node changes the internals that wire/raw-handle.ts stands on.
 * Method: every internal is used here the way the product uses it, across real processes where it matters.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import {
  acceptOn,
  bindHandle,
  isCutShort,
  quietHandle,
  socketOf,
  type TcpHandle,
  watchEnd,
} from '../../src/wire/raw-handle.ts'
import { readToEnd } from '../kit/wires.ts'

test('a bound handle takes no caller until somebody accepts, and keeps none waiting after that', async () => {
  const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
  const early = net.connect({ host: '127.0.0.1', port })
  const [error] = await once(early, 'error')
  assert.equal(error.code, 'ECONNREFUSED')

  const accepted = new Promise<TcpHandle>((resolve) => acceptOn(handle, resolve))
  const caller = net.connect({ host: '127.0.0.1', port })
  await once(caller, 'connect')
  ;(await accepted).close()
  caller.destroy()
  handle.close()
})

test('an address that another program listens on is told when it is bound', async () => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  assert.throws(() => bindHandle({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' })
  server.close()
})

test('an address that this machine does not have is told when it is bound', () => {
  // 192.0.2.0/24 is reserved for documentation (RFC 5737): no machine has it.
  assert.throws(() => bindHandle({ host: '192.0.2.1', port: 0 }), { code: 'EADDRNOTAVAIL' })
})

test('an IPv6 address is bound as such', () => {
  const { handle, port } = bindHandle({ host: '::1', port: 0 })
  assert.ok(port > 0)
  handle.close()
})

test('a quiet handle leaves what arrives in the kernel for whoever wraps it next', async () => {
  const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
  const accepted = new Promise<TcpHandle>((resolve) => acceptOn(handle, resolve))
  const caller = net.connect({ host: '127.0.0.1', port })
  await once(caller, 'connect')
  const first = socketOf(await accepted, { buffer: Buffer.alloc(64), callback: () => assert.fail('it was quiet') })
  const quiet = quietHandle(first)
  assert.ok(quiet !== undefined)
  const echoed = await moveToAnotherProcess(quiet, () => first.destroy(), caller)
  assert.equal(echoed, 'from the other process: sent while nobody was reading')
  handle.close()
})

test('a destroyed socket has no handle to give', async () => {
  const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
  const accepted = new Promise<TcpHandle>((resolve) => acceptOn(handle, resolve))
  const caller = net.connect({ host: '127.0.0.1', port })
  const socket = socketOf(await accepted, { buffer: Buffer.alloc(64), callback: () => true })
  socket.destroy()
  assert.equal(quietHandle(socket), undefined)
  caller.destroy()
  handle.close()
})

const { certificate: cert, key } = await makeCertificate({ subject: 'x' })
const size = 200_000
for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const pauses of [false, true]) {
    for (const onread of [false, true]) {
      const how = `${version}, ${onread ? 'into a buffer' : 'by events'}${pauses ? ', with pauses' : ''}`
      test(`close_notify is told from the end of TCP alone: ${how}`, async (t) => {
        const ending = { isClean: true }
        const server = net.createServer((raw) => {
          const options = { isServer: true, cert, key, minVersion: version, maxVersion: version }
          const socket = new tls.TLSSocket(raw, options)
          socket.on('error', () => {}).resume()
          if (ending.isClean) socket.end(Buffer.alloc(size))
          else socket.write(Buffer.alloc(size), () => raw.end())
        })
        t.after(() => server.close())
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        const { port } = server.address() as net.AddressInfo
        for (const isClean of [true, false]) {
          ending.isClean = isClean
          const { socket, count } = await readTls({ port, pauses, onread })
          assert.deepEqual([count, isCutShort(socket)], [size, !isClean])
        }
      })
    }
  }
}

/** Reads to the end, over a connection that was there before TLS where it reads by events. */
async function readTls({ port, pauses, onread }: { port: number; pauses: boolean; onread: boolean }) {
  let count = 0
  const took = (bytes: number): boolean => {
    count += bytes
    if (pauses) setImmediate(() => socket.resume())
    if (pauses) socket.pause()
    return !pauses
  }
  const to = { port, host: '127.0.0.1', allowHalfOpen: true }
  const over = onread
    ? { ...to, onread: { buffer: Buffer.alloc(65_536), callback: took } }
    : { socket: net.connect(to) }
  const socket = tls.connect({ ...over, rejectUnauthorized: false })
  watchEnd(socket)
  if (!onread) socket.on('data', (chunk) => took(chunk.length))
  await once(socket, 'end')
  socket.destroy()
  return { socket, count }
}

async function moveToAnotherProcess(handle: TcpHandle, sent: () => void, caller: net.Socket): Promise<string> {
  const child = fork(new URL('../kit/echo-handle-process.ts', import.meta.url))
  caller.write('sent while nobody was reading')
  child.send('handle', handle as unknown as net.Socket, {}, sent)
  const text = await readToEnd(caller)
  child.kill()
  return text
}
