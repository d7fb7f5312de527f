/** A service that callers reach by WebSocket: bytes both ways, ends, limits, and that refusals come before the 101. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { type TestContext, test } from 'node:test'
import { WebSocket } from 'ws'
import type { Service, ServiceWebSocket } from '../../../src/settings/service.ts'
import { RawSocket, startRawBackend } from '../../kit/entrance.ts'
import { deadPort, startService } from '../../kit/service.ts'

const webSocket: ServiceWebSocket = { path: '/tcp', origins: [], protocols: [], messageBytes: 65_536, pingMs: 60_000 }

async function started(t: TestContext, other: Partial<ServiceWebSocket> = {}, wish: Partial<Service> = {}) {
  const backend = await startRawBackend(t)
  const connect = [{ scheme: 'tcp', authority: `127.0.0.1:${backend.port}` }] as const
  const service = await startService(t, { connect, webSocket: { ...webSocket, ...other }, ...wish })
  return { backend, service, url: `ws://127.0.0.1:${service.port}/tcp` }
}

function client(t: TestContext, url: string, protocols: string[] = [], origin?: string): WebSocket {
  const socket = new WebSocket(url, protocols, origin === undefined ? {} : { origin })
  socket.on('error', () => {})
  t.after(() => socket.terminate())
  return socket
}

/** The status that a refused request was answered with. */
async function statusOf(socket: WebSocket): Promise<number | undefined> {
  const [, response] = await once(socket, 'unexpected-response')
  return response.statusCode
}

test('messages become bytes and bytes become messages, until the caller says goodbye', async (t) => {
  const { backend, service, url } = await started(t)
  const socket = client(t, url)
  await once(socket, 'open')
  socket.send('text, ')
  socket.send(Buffer.from('then bytes'))
  const connection = await backend.accepted()
  assert.equal(await connection.receive('then bytes'), 'text, then bytes')
  connection.send('answer')
  const [data, isBinary] = await once(socket, 'message')
  assert.deepEqual([String(data), isBinary], ['answer', true])
  socket.close(1000)
  await connection.until(({ ended }) => ended)
  connection.socket.end()
  const { entrance, error, bytesOut, bytesIn } = await service.record(0)
  assert.deepEqual([entrance, error, bytesOut, bytesIn], ['mail', '', 'text, then bytes'.length, 'answer'.length])
})

test('the end of the backend is told with a close frame', async (t) => {
  const { backend, service, url } = await started(t)
  const socket = client(t, url)
  await once(socket, 'open')
  ;(await backend.accepted()).socket.end('bye')
  assert.equal(String((await once(socket, 'message'))[0]), 'bye')
  assert.equal((await once(socket, 'close'))[0], 1000)
  assert.equal((await service.record(0)).error, '')
})

test('a backend that breaks ends the WebSocket without one, so that nobody takes it for complete', async (t) => {
  const { backend, service, url } = await started(t)
  const socket = client(t, url)
  await once(socket, 'open')
  ;(await backend.accepted()).socket.resetAndDestroy()
  assert.equal((await once(socket, 'close'))[0], 1006)
  assert.equal((await service.record(0)).error, 'BACKEND_CLOSED_EARLY')
})

test('a caller that vanishes resets the backend', async (t) => {
  const { backend, service, url } = await started(t)
  const socket = client(t, url)
  await once(socket, 'open')
  const connection = await backend.accepted()
  socket.terminate()
  await connection.until(({ closed }) => closed)
  assert.equal((await service.record(0)).error, 'CALLER_LEFT')
})

test('a message over the limit ends it', async (t) => {
  const { url, service } = await started(t, { messageBytes: 1024 })
  const socket = client(t, url)
  await once(socket, 'open')
  socket.send(Buffer.alloc(1025))
  await once(socket, 'close')
  assert.equal((await service.record(0)).error, 'CALLER_LEFT')
})

test('a caller that does not answer a ping is gone', async (t) => {
  const { backend, url, service } = await started(t, { pingMs: 20 })
  const socket = new WebSocket(url, { autoPong: false })
  t.after(() => socket.terminate())
  await once(socket, 'open')
  const connection = await backend.accepted()
  await connection.until(({ closed }) => closed)
  assert.equal((await service.record(0)).error, 'CALLER_LEFT')
})

test('8 MiB each way arrive whole, past a reader that is slow', async (t) => {
  const { backend, url } = await started(t)
  const socket = client(t, url)
  await once(socket, 'open')
  const { socket: far } = await backend.accepted()
  far.removeAllListeners('data')
  const total = 8 * 1_048_576
  const gathered = async (source: NodeJS.ReadableStream) => {
    let sum = 0
    for await (const chunk of source) sum += (chunk as Buffer).length
    return sum
  }
  let back = 0
  const all = Promise.withResolvers<void>()
  socket.on('message', (data: Buffer) => {
    back += data.length
    if (back === total) all.resolve()
  })
  socket.pause()
  for (let sent = 0; sent < total; sent += 65_536) far.write(Buffer.alloc(65_536, 'b'))
  setImmediate(() => socket.resume())
  await all.promise
  far.pause()
  for (let sent = 0; sent < total; sent += 65_536) socket.send(Buffer.alloc(65_536, 'a'))
  const received = gathered(far)
  socket.close()
  assert.equal(await received, total)
  far.end()
})

test('the first protocol of ours that is offered is chosen, and none but ours', async (t) => {
  const { url } = await started(t, { protocols: ['imap', 'smtp'] })
  const socket = client(t, url, ['x', 'smtp', 'imap'])
  await once(socket, 'open')
  assert.equal(socket.protocol, 'imap')
  assert.equal(await statusOf(client(t, url, ['x'])), 400)
})

test('pages of origins that are not listed get nowhere, those that are do', async (t) => {
  const { backend, service, url } = await started(t, { origins: ['https://app.test'] })
  assert.equal(await statusOf(client(t, url, [], 'https://evil.test')), 403)
  assert.equal((await service.record(0)).error, 'CALLER_BAD_UPGRADE')
  await once(client(t, url, [], 'https://app.test'), 'open')
  await backend.accepted()
})

test('what the backend or the policy refuses is told before there is a WebSocket', async (t) => {
  const connect = [{ scheme: 'tcp', authority: `127.0.0.1:${await deadPort()}` }] as const
  const { url } = await started(t, {}, { connect })
  assert.equal(await statusOf(client(t, url)), 502)
  const denied = await startService(t, { connect, webSocket }, { unlisted: { plaintext: false } })
  assert.equal(await statusOf(client(t, `ws://127.0.0.1:${denied.port}/tcp`)), 403)
})

test('a bad key is answered by the library, and the backend is let go', async (t) => {
  const { backend, service } = await started(t)
  const raw = new RawSocket(net.connect(service.port, '127.0.0.1'))
  t.after(() => raw.socket.destroy())
  raw.send(
    'GET /tcp HTTP/1.1\r\nHost: s\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
  )
  assert.match(await raw.receiveAll(), /^HTTP\/1\.1 400 /)
  await (await backend.accepted()).until(({ ended, closed }) => ended || closed)
  assert.equal((await service.record(0)).error, 'CALLER_BAD_UPGRADE')
})
