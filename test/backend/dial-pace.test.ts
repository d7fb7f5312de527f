/** How many connections to one backend are dialled side by side: few for a crowd that is soon served, all for one that is not. */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { DialPace } from '../../src/backend/dial-pace.ts'
import type { VerifiedBackend } from '../../src/backend/verified-backend.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeBackends } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const trust = await makeTrust(['good.test'])

test('eight side by side at first, and twice as many each 25 ms that somebody waits', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const pace = new DialPace()
  const least = () => Array.from({ length: 100 }, (_, n) => n).find((n) => !pace.allows(n))
  assert.equal(pace.allows(7), true)
  assert.equal(pace.allows(8), false)
  let looks = 0
  const look = () => {
    looks += 1
    if (looks < 3) pace.waited(look)
  }
  pace.waited(look)
  pace.waited(() => assert.fail('one look at a time is enough'))
  t.mock.timers.tick(24)
  assert.equal(pace.allows(8), false)
  t.mock.timers.tick(1)
  assert.deepEqual([looks, pace.allows(15), pace.allows(16)], [1, true, false])
  t.mock.timers.tick(25)
  t.mock.timers.tick(25)
  assert.deepEqual([looks, pace.allows(63), pace.allows(64)], [3, true, false])
  t.mock.timers.tick(1000)
  assert.equal(looks, 3, 'nobody waits any more')
  assert.equal(pace.allows(63), true, 'as fast as it had to be while dials are under way')
  assert.equal(least(), 8, 'with none under way it begins as at first')
})

/** A pool whose dials stop at the resolver until they are let go, under a clock that the test moves. */
async function start(t: TestContext, { connectionsMax = 256 } = {}) {
  const backend = await startBackend(t, { certificate: trust.leaf })
  let gate = Promise.withResolvers<readonly string[]>()
  let dials = 0
  const resolve = async () => {
    dials += 1
    return await gate.promise
  }
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const limits = { backendConnections: connectionsMax }
  const reach = makeBackends(t, { trust: [trust.set], limits }, { resolve })
  const pool = reach.backends.poolFor(reach.decision(`good.test:${backend.port}`))
  t.after(() => pool.close())
  const letGo = () => gate.resolve(['127.0.0.1'])
  const hold = () => {
    gate = Promise.withResolvers()
  }
  const sweep = (ms: number) => reach.deadlines.sweep(performance.now() + ms)
  const tick = (ms: number) => t.mock.timers.tick(ms)
  return { pool, backend, letGo, hold, sweep, tick, dials: () => dials }
}

/** Lets what has been asked for get as far as it can. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a crowd is served by a few connections where they come back at once', async (t) => {
  const { pool, backend, letGo, dials } = await start(t)
  const served = Array.from({ length: 100 }, async () => pool.put(await pool.open()))
  await turn()
  assert.equal(dials(), 8)
  letGo()
  await Promise.all(served)
  assert.ok(backend.accepted < 20, `${backend.accepted} connections for a hundred requests`)
})

test('where none comes back, everybody has a dial under way after 100 ms', async (t) => {
  const { pool, backend, letGo, dials, tick } = await start(t)
  const opened = Array.from({ length: 100 }, () => pool.open())
  const seen: number[] = []
  for (let n = 0; n < 5; n += 1) {
    await turn()
    seen.push(dials())
    tick(25)
  }
  assert.deepEqual(seen, [8, 16, 32, 64, 100])
  letGo()
  assert.equal(new Set(await Promise.all(opened)).size, 100)
  assert.equal(backend.accepted, 100)
})

test('a dial that fails lets the next in line have its own', async (t) => {
  const { pool, backend, letGo, dials } = await start(t)
  const opened = Array.from({ length: 20 }, () => pool.open())
  await turn()
  assert.equal(dials(), 8)
  await backend.close()
  letGo()
  const results = await Promise.allSettled(opened)
  assert.deepEqual(new Set(results.map(({ status }) => status)), new Set(['rejected']))
  assert.equal(dials(), 20)
})

test('the limit of connections holds, however long somebody waits', async (t) => {
  const { pool, letGo, dials, tick } = await start(t, { connectionsMax: 20 })
  const opened: VerifiedBackend[] = []
  const all = Array.from({ length: 30 }, async () => opened.push(await pool.open()))
  for (let n = 0; n < 10; n += 1) {
    await turn()
    tick(25)
  }
  assert.equal(dials(), 20)
  letGo()
  await Promise.all(all.slice(0, 20))
  assert.equal(pool.size, 20)
  for (const backend of opened.splice(0, 10)) pool.put(backend)
  await Promise.all(all)
  assert.deepEqual([pool.size, dials()], [20, 20])
})

test('a crowd of more than a thousand is not refused while there is room for it', async (t) => {
  const { pool, dials, tick } = await start(t, { connectionsMax: 1200 })
  const refused: unknown[] = []
  for (let n = 0; n < 1100; n += 1) pool.open().catch((error: unknown) => refused.push(error))
  for (let n = 0; n < 8; n += 1) {
    await turn()
    tick(25)
  }
  await turn()
  assert.deepEqual([dials(), refused], [1100, []])
})

test('a crowd that there is no room for is turned away at once, all but a thousand', async (t) => {
  const { pool, dials, tick } = await start(t, { connectionsMax: 50 })
  const refused: string[] = []
  for (let n = 0; n < 1100; n += 1) pool.open().catch((error: Error) => refused.push(error.message))
  await turn()
  assert.equal(refused.length, 50)
  assert.match(refused[0] ?? '', /1000 requests wait already/)
  for (let n = 0; n < 8; n += 1) tick(25)
  assert.equal(dials(), 50)
})

test('those in line of a full pool are dialled for as fast when all of its connections go at once', async (t) => {
  const { pool, letGo, dials, tick, hold } = await start(t, { connectionsMax: 40 })
  const opened = Array.from({ length: 40 }, () => pool.open())
  for (let n = 0; n < 8; n += 1) {
    await turn()
    tick(25)
  }
  letGo()
  const taken = await Promise.all(opened)
  hold()
  for (let n = 0; n < 40; n += 1) pool.open().catch(() => {})
  tick(1000)
  assert.equal(dials(), 40, 'the pool is full')
  for (const backend of taken) {
    backend.wire.destroy()
    pool.drop(backend)
  }
  for (let n = 0; n < 4; n += 1) {
    await turn()
    tick(25)
  }
  await turn()
  assert.equal(dials(), 80)
})

test('whoever waited too long where there is room gets a dial, and hears of the backend instead of a limit', async (t) => {
  const { pool, backend, letGo, dials, sweep } = await start(t)
  const opened = Array.from({ length: 20 }, () =>
    pool.open().then(
      () => assert.fail(),
      (error: Error) => error.message,
    ),
  )
  await turn()
  assert.equal(dials(), 8)
  sweep(3_600_000)
  await turn()
  assert.equal(dials(), 20)
  await backend.close()
  letGo()
  for (const message of await Promise.all(opened)) assert.doesNotMatch(message, /limits\.backendConnections/)
})
