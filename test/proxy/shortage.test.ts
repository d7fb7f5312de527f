/** While memory is short: nothing new begins at the proxy, by whatever door, and what is under way goes on to its end. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MemoryGuard } from '../../src/processes/worker/memory/memory-guard.ts'
import { duplicate } from '../kit/duplicate.ts'
import { type EntranceOptions, type RawSocket, startEntrance, startRawBackend } from '../kit/entrance.ts'
import { turns } from '../kit/wires.ts'

const GET = 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n'
const CONNECT = 'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n'
const HELLO = '\x16\x03\x01\x00\x05hello'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const SOCKS_METHODS = '\x05\x01\x00'
const SOCKS_REQUEST = '\x05\x01\x00\x03\x06b.test\x01\xbb'

/** An entrance whose memory a test fills and empties. */
async function started(t: TestContext, options: EntranceOptions = {}) {
  let usedBytes = 10
  const read = () => [{ of: 'container', usedBytes, limitBytes: 100 } as const]
  const guard = new MemoryGuard({ read, collect: () => {}, turned: () => {} })
  const backend = await startRawBackend(t)
  const entrance = await startEntrance(t, backend.port, { ...options, shortage: () => guard.shortage })
  const use = (bytes: number) => {
    usedBytes = bytes
    guard.look()
  }
  return { backend, entrance, use, caller: await entrance.connect() }
}

async function served(caller: RawSocket, backend: Awaited<ReturnType<typeof startRawBackend>>): Promise<void> {
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send(OK)
  await caller.receive('ok')
}

async function isRefused(caller: RawSocket): Promise<void> {
  const reply = await caller.receiveAll()
  assert.match(reply, /^HTTP\/1\.1 503 /)
  assert.match(reply, /\r\nProxy-Status: [^\r]*connection_limit_reached/)
  assert.match(reply, /\r\nConnection: close\r\n/)
  assert.match(reply, /INTERNAL_AT_LIMIT/)
}

test('a new caller is refused while memory is short, and the next one is served when there is enough again', async (t) => {
  const { backend, entrance, use } = await started(t)
  use(90)
  await isRefused(await entrance.connect())
  use(79)
  await served(await entrance.connect(), backend)
  assert.deepEqual(
    entrance.records.map(({ error }) => error),
    ['INTERNAL_AT_LIMIT', ''],
  )
})

test('a request under way ends as if nothing were, and the next one on its connection is refused', async (t) => {
  const { backend, caller, use } = await started(t)
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  use(95)
  connection.send(OK)
  assert.doesNotMatch(await caller.receive('ok'), /Connection: close/)
  caller.send(GET)
  await isRefused(caller)
})

test('an idle caller hears nothing of it, and is served as before when it is over', async (t) => {
  const { backend, caller, use } = await started(t)
  use(95)
  use(10)
  await served(caller, backend)
})

test('a head that is not complete is nothing under way: the caller is refused at its next bytes', async (t) => {
  const { caller, entrance, use } = await started(t)
  use(95)
  caller.send('GET http://b.test/ HTTP/1.1\r\nHost: b.t')
  await isRefused(caller)
  assert.equal(entrance.records.length, 1)
})

test('a CONNECT is refused, and a tunnel that is open goes on', async (t) => {
  const { backend, caller, entrance, use } = await started(t)
  const other = await entrance.connect()
  caller.send(CONNECT)
  await caller.receive('\r\n\r\n')
  caller.send(HELLO)
  const connection = await backend.accepted()
  await connection.receive('hello')
  use(95)
  other.send(CONNECT)
  await isRefused(other)
  connection.send('server hello')
  await caller.receive('server hello')
})

test('SOCKS: a new caller is closed, one that has only greeted gets no tunnel', async (t) => {
  const { caller, entrance, use } = await started(t, { door: 'socks' })
  caller.send(SOCKS_METHODS)
  await caller.receive('\x05\x00')
  use(95)
  caller.send(SOCKS_REQUEST)
  const reply = await caller.receiveAll()
  assert.equal(reply.slice(0, 2), '\x05\x01')
  assert.equal(await (await entrance.connect()).receiveAll(), '')
  assert.deepEqual(
    entrance.records.map(({ error }) => error),
    ['INTERNAL_AT_LIMIT', 'INTERNAL_AT_LIMIT'],
  )
})

test('a caller that an older generation hands over is kept, and only its request is refused', async (t) => {
  const old = await started(t)
  const next = await started(t)
  const { caller } = old
  next.use(95)
  await served(caller, old.backend)
  old.entrance.entrance.retire(async (handle, early) => next.entrance.entrance.takeOver(duplicate(handle), early))
  await turns()
  assert.deepEqual([caller.received, caller.ended, next.entrance.entrance.load.callers], ['', false, 2])
  caller.send(GET)
  await isRefused(caller)
})
