/** Pools over real backends: reuse, limits, lines, and everything that must not be reused. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type net from 'node:net'
import test, { type TestContext } from 'node:test'
import type tls from 'node:tls'
import type { Pool } from '../../src/backend/pool.ts'
import type { VerifiedBackend } from '../../src/backend/verified-backend.ts'
import { type CertificateWish, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { SidecarError } from '../../src/errors.ts'
import { silentReader } from '../kit/entrance.ts'
import type { SnapshotWish } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { ask, makeBackends } from '../kit/reach.ts'
import { type BackendWish, startBackend, type TestBackend } from '../kit/start-backend.ts'

const trust = await makeTrust(['good.test'])
const resolve = async () => ['127.0.0.1']

interface Started {
  readonly backend: TestBackend
  readonly pool: Pool
  readonly reach: ReturnType<typeof makeBackends>
}

async function start(
  t: TestContext,
  wish: Partial<SnapshotWish> = {},
  more: Partial<BackendWish> = {},
  now?: () => number,
): Promise<Started> {
  const backend = await startBackend(t, { certificate: trust.leaf, ...more })
  const reach = makeBackends(t, { trust: [trust.set], ...wish }, { resolve, now })
  const pool = reach.backends.poolFor(reach.decision(`good.test:${backend.port}`))
  t.after(() => pool.close())
  return { backend, pool, reach }
}

/** Waits until a connection that sits idle in the pool has been dropped by it. */
async function untilSize(pool: Pool, size: number): Promise<void> {
  while (pool.size !== size) await new Promise(setImmediate)
}

test('a connection given back is taken out again, the last one first, without another handshake', async (t) => {
  const { pool, backend } = await start(t)
  assert.equal(pool.take(), undefined)
  const [first, second] = [await pool.open(), await pool.open()]
  await ask(first)
  await ask(second)
  pool.put(first)
  pool.put(second)
  assert.equal(pool.take(), second)
  assert.equal(pool.take(), first)
  assert.equal(pool.take(), undefined)
  assert.equal(backend.accepted, 2)
  await ask(first)
  assert.equal(backend.requests.length, 3)
})

test('one rule and one destination have one pool, and another rule or destination has another', async (t) => {
  const { reach, pool, backend } = await start(t)
  const decision = reach.decision(`good.test:${backend.port}`)
  assert.equal(reach.backends.poolFor({ ...decision }), pool)
  assert.notEqual(reach.backends.poolFor({ ...decision, rule: { ...decision.rule } }), pool)
  assert.notEqual(reach.backends.poolFor(reach.decision(`other.test:${backend.port}`)), pool)
})

const unwanted: { why: string; act: (socket: tls.TLSSocket, raw: net.Socket) => void }[] = [
  {
    why: 'sends bytes nobody asked for',
    act: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  },
  { why: 'ends', act: (socket) => socket.end() },
  { why: 'closes', act: (socket) => socket.destroy() },
  { why: 'resets', act: (_, raw) => raw.resetAndDestroy() },
]
for (const { why, act } of unwanted) {
  test(`an idle connection is dropped when its backend ${why}`, async (t) => {
    const sockets: tls.TLSSocket[] = []
    const onSecure = (socket: tls.TLSSocket) => {
      sockets.push(socket)
      socket.once('data', () => socket.write('answer'))
    }
    const { pool, backend } = await start(t, {}, { onSecure })
    const opened = await pool.open()
    await ask(opened)
    pool.put(opened)
    assert.equal(pool.idle, 1)
    act(sockets[0] as tls.TLSSocket, [...backend.sockets][0] as net.Socket)
    await untilSize(pool, 0)
    assert.equal(pool.take(), undefined)
    assert.equal(opened.wire.destroyed, true)
  })
}

test('a backend that speaks before it is asked anything is not taken into use', async (t) => {
  const onSecure = (socket: tls.TLSSocket) => void socket.write('220 hello\r\n')
  const { pool } = await start(t, {}, { onSecure })
  const opened = await pool.open().catch(() => undefined)
  if (opened) await once(opened.wire.socket, 'close')
  await untilSize(pool, opened ? 1 : 0)
  if (opened) pool.put(opened)
  assert.equal(pool.take(), undefined)
})

test('an idle connection is closed after timeouts.pooled, not before, and a taken one is not', async (t) => {
  const { pool, reach } = await start(t, { timeouts: { pooledMs: 60_000 } })
  const [idle, taken] = [await pool.open(), await pool.open()]
  pool.put(idle)
  reach.deadlines.sweep(performance.now() + 59_000)
  assert.equal(idle.wire.destroyed, false)
  reach.deadlines.sweep(performance.now() + 61_000)
  assert.deepEqual([idle.wire.destroyed, taken.wire.destroyed, pool.idle], [true, false, 0])
  pool.put(taken)
  assert.equal(pool.take(), taken)
  reach.deadlines.sweep(performance.now() + 61_000)
  assert.equal(taken.wire.destroyed, false)
})

test('what was taken out and closed meanwhile is not kept when it comes back', async (t) => {
  const { pool } = await start(t)
  const opened = await pool.open()
  opened.wire.destroy()
  pool.put(opened)
  assert.deepEqual([pool.size, pool.take()], [0, undefined])
})

test('a connection whose verdict has ended by time is not kept', async (t) => {
  let clock = Date.now()
  const leaf: CertificateWish = {
    subject: 'x',
    issuer: trust.ca,
    sans: { dns: ['good.test'] },
    notAfter: new Date(clock + 60_000),
  }
  const { pool } = await start(t, {}, { certificate: await makeCertificate(leaf) }, () => clock)
  const opened = await pool.open()
  pool.put(opened)
  assert.equal(pool.take(), opened)
  clock += 70_000
  pool.put(opened)
  assert.deepEqual([opened.wire.destroyed, pool.take()], [true, undefined])
})

test('a connection with unsent bytes is not kept', async (t) => {
  const onSecure = (socket: tls.TLSSocket) => void socket.pause()
  const { pool } = await start(t, {}, { onSecure })
  const opened = await pool.open()
  while (opened.wire.write(Buffer.alloc(1_000_000)));
  pool.put(opened)
  assert.deepEqual([opened.wire.destroyed, pool.size], [true, 0])
})

test('no more connections than the limit are open, and those in line are served as they come back', async (t) => {
  const { pool, backend } = await start(t, { limits: { backendConnections: 2 } })
  const [first, second] = [await pool.open(), await pool.open()]
  const waiting = [pool.open(), pool.open(), pool.open()]
  pool.put(first)
  assert.equal(await waiting[0], first)
  pool.put(second)
  assert.equal(await waiting[1], second)
  // One that does not come back makes room for a new one.
  pool.drop(first)
  first.wire.destroy()
  const third = (await waiting[2]) as VerifiedBackend
  assert.ok(third !== first && third !== second)
  assert.deepEqual([backend.accepted, pool.size], [3, 2])
})

test('a connection that dies while it is idle makes room as well', async (t) => {
  const { pool } = await start(t, { limits: { backendConnections: 1 } })
  const first = await pool.open()
  const waiting = pool.open()
  first.wire.destroy()
  pool.put(first)
  assert.notEqual(await waiting, first)
})

test('whoever waits longer than timeouts.connect for a connection is told that the limit is reached', async (t) => {
  const { pool, reach } = await start(t, { limits: { backendConnections: 1 }, timeouts: { connectMs: 60_000 } })
  const first = await pool.open()
  const waiting = pool.open().catch((error: SidecarError) => error)
  reach.deadlines.sweep(performance.now() + 61_000)
  const error = (await waiting) as SidecarError
  assert.equal(error.code, 'INTERNAL_AT_LIMIT')
  assert.match(error.message, /1 connections to good\.test:\d+ are open \(limits\.backendConnections\)/)
  pool.put(first)
  assert.equal(pool.take(), first)
})

test('the line itself is bounded', async (t) => {
  const { pool } = await start(t, { limits: { backendConnections: 1 } })
  await pool.open()
  const waiting = Array.from({ length: 1000 }, () => pool.open().catch((error: SidecarError) => error.code))
  await assert.rejects(pool.open(), { code: 'INTERNAL_AT_LIMIT', message: /1000 requests wait already/ })
  pool.close()
  assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['INTERNAL_DRAINING']))
})

test('a failed dial is for the one who asked, and the next in line makes its own', async (t) => {
  const refused = await makeCertificate({ subject: 'x', sans: { dns: ['good.test'] } })
  const { pool, backend } = await start(t, { limits: { backendConnections: 1 } }, { certificate: refused })
  const results = await Promise.allSettled([pool.open(), pool.open(), pool.open()])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  assert.deepEqual([backend.accepted, pool.size], [3, 0])
})

test('each request in need makes one dial, not more', async (t) => {
  const { pool, backend } = await start(t)
  await Promise.all(Array.from({ length: 5 }, () => pool.open()))
  assert.equal(backend.accepted, 5)
})

test('a closed pool lets go of what is idle, then of what comes back, and dials no more', async (t) => {
  const { pool } = await start(t)
  const [idle, taken] = [await pool.open(), await pool.open()]
  pool.put(idle)
  pool.close()
  assert.deepEqual([idle.wire.destroyed, taken.wire.destroyed], [true, false])
  pool.put(taken)
  assert.equal(taken.wire.destroyed, true)
  await assert.rejects(pool.open(), { code: 'INTERNAL_DRAINING' })
})

test('a pool put to rest keeps nothing, and is as good as new when it is used again', async (t) => {
  const { pool, reach, backend } = await start(t)
  const [idle, taken] = [await pool.open(), await pool.open()]
  pool.put(idle)
  pool.rest()
  pool.put(taken)
  assert.deepEqual([idle.wire.destroyed, taken.wire.destroyed, pool.size], [true, true, 0])
  const again = await pool.open()
  pool.put(again)
  assert.equal(pool.take(), again)
  assert.equal(reach.backends.poolFor(reach.decision(`good.test:${backend.port}`)), pool)
})

test('put and drop of a connection that is no member harm nobody', async (t) => {
  const { pool } = await start(t)
  const opened = await pool.open()
  pool.drop(opened)
  pool.drop(opened)
  pool.put(opened)
  assert.deepEqual([opened.wire.destroyed, pool.size, pool.idle], [true, 0, 0])
})

test('whoever opens gets a connection that nobody has used yet, while there is room for one', async (t) => {
  const { pool, backend } = await start(t, { limits: { backendConnections: 2 } })
  const idle = await pool.open()
  pool.put(idle)
  const fresh = await pool.open()
  assert.notEqual(fresh, idle)
  // At the limit an idle one is better than none.
  assert.equal(await pool.open(), idle)
  assert.equal(backend.accepted, 2)
})

test('a connection that waits idle is let go when its verdict ends', async (t) => {
  const now = Date.now()
  const notAfter = new Date(Math.ceil(now / 1000) * 1000 + 5000)
  const leaf: CertificateWish = { subject: 'x', issuer: trust.ca, sans: { dns: ['good.test'] }, notAfter }
  const { pool, reach } = await start(t, {}, { certificate: await makeCertificate(leaf) }, () => now)
  pool.put(await pool.open())
  reach.deadlines.sweep(performance.now() + 4000)
  assert.equal(pool.idle, 1)
  reach.deadlines.sweep(performance.now() + 7000)
  assert.equal(pool.idle, 0)
})

test('what a backend says before the next in line has taken over its connection ends it', async (t) => {
  const { pool } = await start(t, { limits: { backendConnections: 1 } })
  const first = await pool.open()
  const waiting = pool.open()
  first.wire.reader = silentReader
  pool.put(first)
  // The rest of a read is handed out at once, before whoever waits for the promise can run.
  first.wire.reader.bytes(Buffer.from('HTTP/1.1 200 OK\r\n'))
  assert.equal((await waiting).wire.destroyed, true)
})
