/** The end of a generation as its callers see it: idle ones move with their sockets, busy ones after their answer. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { TcpHandle } from '../../src/wire/raw-handle.ts'
import { duplicate } from '../kit/duplicate.ts'
import { startEntrance, startRawBackend, type TestEntrance } from '../kit/entrance.ts'
import { turns } from '../kit/wires.ts'

const GET = 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

interface TwoGenerations {
  readonly old: TestEntrance
  readonly next: TestEntrance
  readonly backend: Awaited<ReturnType<typeof startRawBackend>>
  readonly given: number[]
  /** Retires the old entrance into the next one, as two processes would. */
  swap(): void
}

async function twoGenerations(t: TestContext): Promise<TwoGenerations> {
  const backend = await startRawBackend(t)
  const old = await startEntrance(t, backend.port)
  const next = await startEntrance(t, backend.port)
  const given: number[] = []
  const give = async (handle: TcpHandle, early: Buffer): Promise<void> => {
    given.push(early.length)
    next.entrance.takeOver(duplicate(handle), early)
  }
  return { old, next, backend, given, swap: () => old.entrance.retire(give) }
}

test('an idle caller moves at once and is served by the next generation on the same connection', async (t) => {
  const { old, next, backend, given, swap } = await twoGenerations(t)
  const caller = await old.connect()
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send(OK)
  await caller.receive('ok')
  swap()
  assert.deepEqual(given, [0])
  caller.send(GET)
  const second = await backend.accepted()
  await second.receive('\r\n\r\n')
  second.send(OK)
  await caller.receive('ok')
  assert.deepEqual([old.records.length, next.records.length], [1, 1])
})

test('a caller in mid-request gets its answer from the old generation, and moves after it', async (t) => {
  const { old, next, backend, given, swap } = await twoGenerations(t)
  const caller = await old.connect()
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  swap()
  assert.deepEqual(given, [])
  connection.send(OK)
  assert.doesNotMatch(await caller.receive('ok'), /Connection: close/)
  caller.send(GET)
  const second = await backend.accepted()
  await second.receive('\r\n\r\n')
  second.send(OK)
  await caller.receive('ok')
  assert.deepEqual([old.records.length, next.records.length], [1, 1])
})

test('half a head moves with its caller: the request runs under the new version, and no byte is lost', async (t) => {
  const { old, next, backend, given, swap } = await twoGenerations(t)
  const caller = await old.connect()
  caller.send('GET http://b.te')
  await turns()
  swap()
  caller.send('st/ HTTP/1.1\r\nHost: b.test\r\n\r\n')
  const connection = await backend.accepted()
  assert.match(await connection.receive('\r\n\r\n'), /^GET \/ HTTP\/1\.1\r\nHost: b\.test\r\n/)
  connection.send(OK)
  await caller.receive('ok')
  assert.deepEqual(given, ['GET http://b.te'.length])
  assert.deepEqual([old.records.length, next.records.length], [0, 1])
})

test('a pipelined request behind the one under way is served by the next generation', async (t) => {
  const { old, next, backend, swap } = await twoGenerations(t)
  const caller = await old.connect()
  caller.send(GET + GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  swap()
  connection.send(OK)
  await caller.receive('ok')
  const second = await backend.accepted()
  await second.receive('\r\n\r\n')
  second.send(OK)
  await caller.receive('ok')
  assert.deepEqual([old.records.length, next.records.length], [1, 1])
})

test('the old entrance is empty once all have moved, and says so', async (t) => {
  const { old, swap } = await twoGenerations(t)
  await old.connect()
  await turns()
  const emptied = new Promise<void>((resolve) => {
    old.entrance.emptied = resolve
  })
  swap()
  await emptied
  assert.deepEqual(old.entrance.load, { callers: 0, requests: 0, tunnels: 0 })
})

test('without a next generation the last answer says close, and an idle caller may still ask once', async (t) => {
  const backend = await startRawBackend(t)
  const { entrance, deadlines, connect } = await startEntrance(t, backend.port)
  const [busy, idle, late] = [await connect(), await connect(), await connect()]
  busy.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  entrance.retire(undefined)
  connection.send(OK)
  assert.match(await busy.receiveAll(), /Connection: close\r\n\r\nok$/)
  late.send(GET)
  const second = await Promise.race([backend.accepted(), connection.receive('\r\n\r\n').then(() => connection)])
  second.send(OK)
  assert.match(await late.receiveAll(), /Connection: close\r\n\r\nok$/)
  deadlines.sweep(performance.now() + 10_000)
  assert.equal(await idle.receiveAll(), '')
})

test('cut ends everything that is left, tells how many callers that were, and each has its line in the log', async (t) => {
  const backend = await startRawBackend(t)
  const { entrance, connect, records } = await startEntrance(t, backend.port)
  const [idle, request, tunnel, opening] = [await connect(), await connect(), await connect(), await connect()]
  request.send(GET)
  await backend.accepted()
  tunnel.send('CONNECT b.test:443 HTTP/1.1\r\nHost: b.test\r\n\r\n')
  await tunnel.receive('\r\n\r\n')
  tunnel.send('\x16\x03\x01hello')
  await (await backend.accepted()).receive('hello')
  opening.send('CONNECT b.test:443 HTTP/1.1\r\nHost: b.test\r\n\r\n')
  await opening.receive('\r\n\r\n')

  entrance.retire(undefined)
  entrance.emptied = () => assert.fail('the count would be lost')
  assert.equal(entrance.cut(), 4)
  assert.deepEqual(
    records.map(({ error }) => error),
    Array(3).fill('INTERNAL_DRAINING'),
  )
  for (const caller of [idle, request, tunnel, opening]) await caller.until(({ closed }) => closed)
})
