import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { closedSocket, readToEnd, stoodStill, turns, wirePair } from '../kit/wires.ts'

test('a wire tells what arrives, that the peer has finished, and still writes after that', async (t) => {
  const { wire, reader, peer } = await wirePair(t)
  peer.end('all I have to say')
  await reader.until((r) => r.hasEnded)
  assert.equal(reader.text, 'all I have to say')
  wire.write('an answer to a half-closed peer')
  wire.end()
  assert.equal(await readToEnd(peer), 'an answer to a half-closed peer')
})

test('a head and the bytes behind it arrive in order, small or large', async (t) => {
  for (const size of [0, 1, 16_384, 16_385, 60_000]) {
    const { wire, peer } = await wirePair(t)
    wire.relayBehind('head|', Buffer.alloc(size, 'x'))
    wire.end()
    assert.equal(await readToEnd(peer), `head|${'x'.repeat(size)}`)
  }
})

test('relayed bytes are safe from what arrives in the shared buffer next', async (t) => {
  const { wire, peer } = await wirePair(t)
  peer.pause()
  const shared = Buffer.alloc(65_536)
  const rounds = 200
  for (let round = 0; round < rounds; round += 1) {
    shared.fill(round % 251)
    wire.relay(shared)
  }
  wire.end()
  let at = 0
  for await (const chunk of peer) {
    for (const byte of chunk as Buffer) {
      if (byte !== Math.floor(at / shared.length) % 251) assert.fail(`byte ${at} was overwritten`)
      at += 1
    }
  }
  assert.equal(at, rounds * shared.length)
})

test('a paused wire leaves its peer to wait, and loses nothing', async (t) => {
  const { wire, reader, peer } = await wirePair(t)
  reader.keepText = false
  wire.pause()
  const size = 8 * 1024 * 1024
  const flushed = new Promise<void>((resolve) => peer.write(Buffer.alloc(size), () => resolve()))
  await new Promise((resolve) => setImmediate(resolve))
  const whilePaused = reader.byteCount
  assert.ok(peer.writableLength > 0, 'the peer was slowed down')
  assert.ok(whilePaused <= 65_536, `at most one read was under way: ${whilePaused}`)
  wire.resume()
  await flushed
  await reader.until((r) => r.byteCount === size)
})

test('a reset reaches the peer as an error, not as an end', async (t) => {
  const { wire, peer } = await wirePair(t)
  const failed = once(peer, 'error')
  peer.resume()
  wire.write('half of an answ')
  wire.reset()
  const [error] = await failed
  assert.equal(error.code, 'ECONNRESET')
})

test('a reset in the middle of an end leaves no handle behind', async (t) => {
  const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
  await turns()
  const before = openSockets()
  const { wire, peer } = await wirePair(t)
  const closed = closedSocket(peer)
  peer.resume()
  wire.write('all of it')
  wire.end()
  wire.reset()
  peer.end()
  await closed
  await turns()
  assert.ok(openSockets() <= before)
})

test('a peer that resets ends the wire with the error, told once', async (t) => {
  const { reader, peer } = await wirePair(t)
  peer.resetAndDestroy()
  await reader.until((r) => r.isClosed)
  assert.equal((reader.error as NodeJS.ErrnoException).code, 'ECONNRESET')
})

test('writing to a wire that is gone answers false and throws nothing', async (t) => {
  const { wire, reader } = await wirePair(t)
  wire.destroy()
  await reader.until((r) => r.isClosed)
  assert.equal(wire.write('to nobody'), false)
  assert.equal(reader.error, undefined)
})

test('a wire with unsent bytes has no handle to give; one without has', async (t) => {
  const { wire, peer } = await wirePair(t)
  peer.pause()
  wire.write(Buffer.alloc(16 * 1024 * 1024))
  assert.equal(wire.handleForSending(), undefined)
  peer.resume()
  await new Promise<void>((resolve) => wire.flushed(resolve))
  assert.ok(wire.handleForSending() !== undefined)
})

test('bytes are counted in both directions', async (t) => {
  const { wire, reader, peer } = await wirePair(t)
  peer.write('12345')
  await reader.until((r) => r.text.length === 5)
  wire.write('123')
  wire.write(Buffer.from('4567'))
  assert.deepEqual([wire.bytesIn, wire.bytesOut], [5, 7])
})

test('a stream that is relayed to a slow reader arrives whole, whatever is read meanwhile', async (t) => {
  const from = await wirePair(t)
  const to = await wirePair(t)
  const size = 24 * 1024 * 1024
  const sent = Buffer.alloc(size, 'each place in this stream tells its neighbours apart; ')
  from.wire.reader = {
    bytes: (chunk) => {
      if (!to.wire.relay(chunk)) from.wire.pause()
    },
    ended: () => to.wire.end(),
    drained: () => {},
    closed: () => {},
  }
  to.wire.reader = { bytes: () => {}, ended: () => {}, drained: () => from.wire.resume(), closed: () => {} }
  to.peer.pause()
  from.peer.end(sent)
  assert.ok((await stoodStill(() => from.peer.writableLength)) > 0, 'the reader was slow')
  const hash = createHash('sha256')
  to.peer.on('data', (chunk) => hash.update(chunk)).resume()
  await once(to.peer, 'end')
  assert.equal(hash.digest('hex'), createHash('sha256').update(sent).digest('hex'))
})
