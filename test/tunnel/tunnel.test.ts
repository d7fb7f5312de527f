import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type net from 'node:net'
import { type TestContext, test } from 'node:test'
import { Tunnel, type TunnelEnd } from '../../src/tunnel/tunnel.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { closedSocket, readToEnd, stoodStill, wirePair } from '../kit/wires.ts'

interface Joined {
  readonly caller: net.Socket
  readonly backend: net.Socket
  readonly tunnel: Tunnel
  readonly end: Promise<TunnelEnd>
  readonly deadlines: Deadlines
  /** Bytes that stand in our memory, unsent. */
  pending(): number
}

async function joined(t: TestContext): Promise<Joined> {
  const left = await wirePair(t)
  const right = await wirePair(t)
  const deadlines = new Deadlines()
  t.after(() => deadlines.close())
  const { promise: end, resolve } = Promise.withResolvers<TunnelEnd>()
  const tunnel = new Tunnel({ caller: left.wire, backend: right.wire, idleMs: 60_000, deadlines, closed: resolve })
  const pending = () => left.wire.pending + right.wire.pending
  return { caller: left.peer, backend: right.peer, tunnel, end, deadlines, pending }
}

test('bytes pass in both directions until both sides have finished', async (t) => {
  const { caller, backend, end } = await joined(t)
  caller.end('question')
  backend.end('answer')
  assert.deepEqual([await readToEnd(backend), await readToEnd(caller)], ['question', 'answer'])
  assert.equal(await end, 'complete')
})

test('a half-closed caller still receives the answer', async (t) => {
  const { caller, backend, end } = await joined(t)
  caller.end('that was all')
  assert.equal(await readToEnd(backend), 'that was all')
  backend.end('and here is the answer')
  assert.equal(await readToEnd(caller), 'and here is the answer')
  assert.equal(await end, 'complete')
})

for (const [side, other, expected] of [
  ['caller', 'backend', 'caller-closed'],
  ['backend', 'caller', 'backend-closed'],
] as const) {
  test(`a ${side} that breaks resets the ${other}, which cannot take the stream for complete`, async (t) => {
    const tunnel = await joined(t)
    tunnel[other].resume()
    const failed = once(tunnel[other], 'error')
    tunnel[side].resetAndDestroy()
    const [error] = await failed
    assert.equal(error.code, 'ECONNRESET')
    assert.equal(await tunnel.end, expected)
  })
}

test('a reader that stops costs at most 256 kB of our memory, and gets everything when it goes on', async (t) => {
  const { caller, backend, pending } = await joined(t)
  const size = 32 * 1024 * 1024
  const sent = Buffer.alloc(size, 'abcdefghijk')
  caller.pause()
  backend.end(sent)
  assert.ok((await stoodStill(() => backend.writableLength)) > 0, 'the writer was stopped')
  assert.ok(pending() <= 256 * 1024, `${pending()} bytes were held`)
  const hash = createHash('sha256')
  for await (const chunk of caller) hash.update(chunk as Buffer)
  assert.equal(hash.digest('hex'), createHash('sha256').update(sent).digest('hex'))
})

test('a tunnel in which nothing moves ends at the idle deadline; one in which something moved does not', async (t) => {
  const { caller, backend, end, deadlines } = await joined(t)
  caller.on('error', () => {})
  backend.resume()
  caller.resume()
  deadlines.sweep(performance.now() + 59_000)
  caller.write('still here')
  await once(backend, 'data')
  deadlines.sweep(performance.now() + 59_000)
  assert.equal(caller.destroyed, false)
  deadlines.sweep(performance.now() + 61_000)
  assert.equal(await end, 'idle')
})

test('a cut tunnel resets both sides', async (t) => {
  const { caller, backend, tunnel, end } = await joined(t)
  caller.resume()
  backend.resume()
  const both = Promise.all([once(caller, 'error'), once(backend, 'error')])
  tunnel.cut()
  for (const [error] of await both) assert.equal(error.code, 'ECONNRESET')
  assert.equal(await end, 'cut')
})

test('the end is told once, whatever follows', async (t) => {
  const left = await wirePair(t)
  const right = await wirePair(t)
  const deadlines = new Deadlines()
  t.after(() => deadlines.close())
  const ends: TunnelEnd[] = []
  const closed = (end: TunnelEnd) => void ends.push(end)
  const tunnel = new Tunnel({ caller: left.wire, backend: right.wire, idleMs: 1000, deadlines, closed })
  tunnel.cut()
  tunnel.cut()
  left.wire.destroy()
  await closedSocket(right.peer)
  assert.deepEqual(ends, ['cut'])
})
