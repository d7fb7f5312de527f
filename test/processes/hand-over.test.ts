/** The supervisor's part of the hand-over; whole moves under load are in swap.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChannelEnd } from '../../src/processes/channel.ts'
import { earlyBytes, giveOver, HandOver } from '../../src/processes/hand-over.ts'
import type { TcpHandle } from '../../src/wire/raw-handle.ts'

/** A channel that keeps what it is sent and confirms it when told to. */
class FakeEnd implements ChannelEnd {
  connected = true
  readonly sent: { message: object; handle: unknown; confirm: (error?: Error) => void }[] = []

  send(message: object, handle: unknown, _options: undefined, sent: (error: Error | null) => void): boolean {
    this.sent.push({ message, handle, confirm: (error) => sent(error ?? null) })
    return true
  }

  get handles(): unknown[] {
    return this.sent.map(({ handle }) => handle)
  }
}

interface FakeHandle extends TcpHandle {
  closed: number
}

function fakeHandle(): FakeHandle {
  const handle = {
    closed: 0,
    close: () => {
      handle.closed += 1
    },
  }
  return handle as unknown as FakeHandle
}

const moving = () => ({ handle: fakeHandle(), early: '' })
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what the old worker packs, the new one unpacks', async () => {
  const end = new FakeEnd()
  const handle = fakeHandle()
  const given = giveOver(end)(handle, Buffer.from('GET http://a/ HT'))
  const [sent] = end.sent
  const message = sent?.message as { type: string; early: string }
  assert.equal(message.type, 'caller')
  assert.equal(sent?.handle, handle)
  assert.equal(earlyBytes(message.early)?.toString(), 'GET http://a/ HT')
  assert.equal(earlyBytes(''), undefined)
  sent?.confirm()
  await given
})

test('callers go to the workers in turn, and our copy is closed only when the kernel has theirs', async () => {
  const [one, other] = [{ end: new FakeEnd() }, { end: new FakeEnd() }]
  const handOver = new HandOver(() => [one, other])
  const callers = [moving(), moving(), moving()]
  for (const caller of callers) handOver.pass(caller)
  assert.deepEqual(one.end.handles, [callers[0]?.handle, callers[2]?.handle])
  assert.deepEqual(other.end.handles, [callers[1]?.handle])
  one.end.sent[0]?.confirm()
  await turn()
  assert.deepEqual(
    callers.map(({ handle }) => handle.closed),
    [1, 0, 0],
  )
})

test('the latest caller goes first: it was active, while those in line before it were idle', async () => {
  const target = { end: new FakeEnd() }
  const handOver = new HandOver(() => [target])
  const [first, second, idle, active] = [moving(), moving(), moving(), moving()]
  for (const caller of [first, second, idle, active]) handOver.pass(caller)
  assert.deepEqual(target.end.handles, [first.handle, second.handle])
  target.end.sent[0]?.confirm()
  await turn()
  target.end.sent[1]?.confirm()
  await turn()
  assert.deepEqual(target.end.handles, [first.handle, second.handle, active.handle, idle.handle])
})

test('with no worker ready, callers wait for one', async () => {
  const targets: { end: FakeEnd }[] = []
  const handOver = new HandOver(() => targets)
  const caller = moving()
  handOver.pass(caller)
  targets.push({ end: new FakeEnd() })
  handOver.flush()
  assert.deepEqual(targets[0]?.end.handles, [caller.handle])
  assert.equal(caller.handle.closed, 0)
})

test('a caller still in line for a worker that dies goes to another one; one that was sent does not', async () => {
  const [dying, other] = [{ end: new FakeEnd() }, { end: new FakeEnd() }]
  let targets = [dying]
  const handOver = new HandOver(() => targets)
  const [sent, inLine] = [moving(), moving()]
  handOver.pass(sent)
  handOver.pass(inLine)
  dying.end.sent[0]?.confirm()
  await turn()
  targets = [other]
  handOver.lost(dying)
  assert.deepEqual(other.end.handles, [inLine.handle])
  // A late word about the dead worker changes nothing.
  dying.end.sent[1]?.confirm(new Error('channel closed'))
  await turn()
  assert.equal(inLine.handle.closed, 0)
  assert.equal(sent.handle.closed, 1)
})

test('a caller whose sending fails goes to another worker', async () => {
  const [failing, other] = [{ end: new FakeEnd() }, { end: new FakeEnd() }]
  const handOver = new HandOver(() => [failing, other])
  const caller = moving()
  handOver.pass(caller)
  failing.end.sent[0]?.confirm(new Error('channel closed'))
  await turn()
  assert.deepEqual(other.end.handles, [caller.handle])
})

test('in a shutdown idle callers are closed, those that waited too', () => {
  const handOver = new HandOver<{ end: FakeEnd }>(() => [])
  const [waiting, later] = [moving(), moving()]
  handOver.pass(waiting)
  handOver.close()
  handOver.pass(later)
  assert.deepEqual([waiting.handle.closed, later.handle.closed], [1, 1])
})
