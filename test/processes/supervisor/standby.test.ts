/** Workers that wait for the next generation: when they are started, who gets them, and when they end. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { type TestContext, test } from 'node:test'
import { Standby } from '../../../src/processes/supervisor/standby.ts'

class FakeChild extends EventEmitter {
  connected = true
  signal: string | undefined

  kill(signal: string): void {
    this.signal = signal
    this.dies()
  }

  dies(): void {
    this.connected = false
    this.emit('exit', 0, null)
  }
}

function newStandby(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let nowMs = 0
  const children: FakeChild[] = []
  const machine = { isFull: false }
  const fork = () => {
    if (machine.isFull) throw new Error('spawn ENOMEM')
    const child = new FakeChild()
    children.push(child)
    return child as unknown as ChildProcess
  }
  const standby = new Standby({ fork, now: () => nowMs })
  const pass = (ms: number) => {
    nowMs += ms
    t.mock.timers.tick(ms)
  }
  /** Time goes by, and no timer has been looked at yet. */
  const late = (ms: number) => {
    nowMs += ms
  }
  /** Two changes two seconds apart, and the time it takes until somebody waits for a third. */
  const run = (workers = 2) => {
    standby.changed(workers)
    pass(2000)
    standby.changed(workers)
    pass(500)
  }
  return { standby, children, machine, pass, late, run }
}

test('a single change leaves nobody waiting', (t) => {
  const { standby, children, pass } = newStandby(t)
  standby.changed(2)
  pass(3_600_000)
  assert.equal(children.length, 0)
})

test('changes a minute apart are no run of changes', (t) => {
  const { standby, children, pass } = newStandby(t)
  standby.changed(2)
  pass(60_000)
  standby.changed(2)
  pass(10_000)
  assert.equal(children.length, 0)
})

const paces: readonly { apartMs: number; afterMs: number; why: string }[] = [
  { apartMs: 59_999, afterMs: 500, why: 'callers that move and code that is cold come first' },
  { apartMs: 2000, afterMs: 500, why: 'there is time enough for that' },
  { apartMs: 600, afterMs: 150, why: 'the next change is soon to come' },
]
for (const { apartMs, afterMs, why } of paces) {
  test(`after changes ${apartMs} ms apart, workers are started ${afterMs} ms later: ${why}`, (t) => {
    const { standby, children, pass } = newStandby(t)
    standby.changed(3)
    pass(apartMs)
    standby.changed(3)
    pass(afterMs - 1)
    assert.equal(children.length, 0)
    pass(1)
    assert.equal(children.length, 3)
  })
}

test('those that wait are given out before anybody is started, and as many wait again after the next change', (t) => {
  const { standby, children, pass, run } = newStandby(t)
  run()
  const taken = [standby.take(), standby.take()] as unknown[]
  assert.deepEqual(taken, children)
  assert.equal(standby.take() as unknown, children[2], 'a third one is started')
  standby.changed(2)
  pass(500)
  assert.equal(children.length, 5)
})

test('those that wait already are enough for the next change too', (t) => {
  const { standby, children, pass, run } = newStandby(t)
  run(2)
  standby.changed(3)
  pass(500)
  assert.equal(children.length, 3)
})

test('when the next change takes fewer, the rest are ended', (t) => {
  const { standby, children, pass, run } = newStandby(t)
  run(3)
  standby.changed(1)
  pass(500)
  assert.deepEqual(
    children.map(({ connected }) => connected),
    [true, false, false],
  )
})

test('a change after the minute ends them, though the clock that should have was late', (t) => {
  const { standby, children, late, run } = newStandby(t)
  run(1)
  late(60_000)
  standby.changed(1)
  assert.equal(children[0]?.connected, false)
})

test('a quiet minute ends them; a change within it keeps them for another', (t) => {
  const { standby, children, pass, run } = newStandby(t)
  run(1)
  pass(50_000)
  standby.changed(1)
  pass(59_999)
  assert.deepEqual([children.length, children[0]?.connected], [1, true])
  pass(1)
  assert.deepEqual([children.length, children[0]?.signal], [1, 'SIGKILL'])
  assert.notEqual(standby.take() as unknown, children[0])
})

test('one that dies while it waits is given to nobody', (t) => {
  const { standby, children, run } = newStandby(t)
  run()
  children[0]?.dies()
  assert.equal(standby.take() as unknown, children[1])
})

test('nor is one whose channel has broken, though its end is not known yet', (t) => {
  const { standby, children, run } = newStandby(t)
  run()
  const [first, second] = children
  if (first !== undefined) first.connected = false
  assert.equal(standby.take() as unknown, second)
  assert.equal(first?.signal, 'SIGKILL', 'it is not left to itself')
})

test('whoever has been given out is not ended with those that wait', (t) => {
  const { standby, children, pass, run } = newStandby(t)
  run()
  standby.take()
  pass(60_000)
  assert.deepEqual(
    children.map(({ connected }) => connected),
    [true, false],
  )
})

test('once dismissed, those that wait end, and those about to be started are not', (t) => {
  const { standby, children, pass, run } = newStandby(t)
  run()
  standby.dismiss()
  assert.ok(children.every(({ connected }) => !connected))
  standby.changed(2)
  standby.dismiss()
  pass(60_000)
  assert.equal(children.length, 2)
})

test('what goes wrong with one that was let go ends nobody', (t) => {
  const { standby, children, run } = newStandby(t)
  run()
  standby.dismiss()
  for (const child of children) child.emit('error', new Error('kill EPERM'))
  assert.equal(children.length, 2)
})

test('a machine that can start no process any more costs nothing but the head start', (t) => {
  const { standby, children, machine, run } = newStandby(t)
  machine.isFull = true
  run()
  assert.equal(children.length, 0)
  assert.throws(() => standby.take(), /ENOMEM/, 'whoever needs one is told')
  machine.isFull = false
  standby.take()
  assert.equal(children.length, 1)
})
