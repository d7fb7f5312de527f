/**
 * Goal: whoever stops reading stops its sender, at the price of at most 256 kB of our memory.
 * Method: both ends are real sockets in this process, so what the entrance holds is what stands unsent in its own two.
 */
import assert from 'node:assert/strict'
import type net from 'node:net'
import { type TestContext, test } from 'node:test'
import { type RawSocket, startEntrance, startRawBackend } from '../kit/entrance.ts'
import { stoodStill } from '../kit/wires.ts'

const SIZE = 64 * 1024 * 1024
const LIMIT = 256 * 1024

async function started(t: TestContext) {
  const backend = await startRawBackend(t)
  const entrance = await startEntrance(t, backend.port)
  return { backend, entrance, caller: await entrance.connect() }
}

test('a caller that stops reading stops the backend, and gets everything when it goes on', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send('GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n')
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  caller.socket.pause()
  connection.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`)
  connection.socket.write(Buffer.alloc(SIZE, 'a'))
  await assertHeldBack(connection, [entrance.port, backend.port])
  caller.socket.resume()
  await caller.receive('\r\n\r\n')
  await caller.until(({ received }) => received.length === SIZE)
})

test('a backend that stops reading stops the caller, and gets everything when it goes on', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(`POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: ${SIZE}\r\n\r\n`)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.socket.pause()
  caller.socket.write(Buffer.alloc(SIZE, 'q'))
  await assertHeldBack(caller, [entrance.port, backend.port])
  connection.socket.resume()
  await connection.until(({ received }) => received.length === SIZE)
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  await caller.receive('ok')
})

/** The sender has been stopped with most of its bytes unsent, and little stands in the entrance's own sockets. */
async function assertHeldBack(sender: RawSocket, [entrancePort, backendPort]: [number, number]): Promise<void> {
  const unsent = await stoodStill(() => sender.socket.writableLength)
  assert.ok(unsent > SIZE / 2, `the sender was stopped with ${unsent} bytes to go`)
  const held = socketsOfThisProcess()
    .filter(({ localPort, remotePort }) => localPort === entrancePort || remotePort === backendPort)
    .map(({ writableLength }) => writableLength)
  assert.equal(held.length, 2, 'the caller and the backend side of the entrance')
  const sum = held.reduce((a, b) => a + b, 0)
  assert.ok(sum <= LIMIT, `the entrance holds ${sum} bytes`)
}

function socketsOfThisProcess(): net.Socket[] {
  // Undocumented, but the only way to look at sockets that the entrance keeps to itself.
  const handles = (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles()
  return handles.filter((handle): handle is net.Socket => 'writableLength' in handle && 'remotePort' in handle)
}
