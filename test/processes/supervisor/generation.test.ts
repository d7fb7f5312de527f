/** One generation from start to end, with workers that do what the test says; timers are mocked. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../../src/errors.ts'
import type { FromWorker, ToWorker } from '../../../src/processes/messages.ts'
import { Generation } from '../../../src/processes/supervisor/generation.ts'
import { WorkerProcess } from '../../../src/processes/supervisor/worker-process.ts'
import { makeSnapshot } from '../../kit/make-snapshot.ts'

/** A child process that only notes what it is told. */
class FakeChild extends EventEmitter {
  connected = true
  readonly pid = 1
  readonly told: ToWorker['type'][] = []
  killed = false

  send(message: ToWorker, _handle: unknown, _options: unknown, sent: (error: Error | null) => void): boolean {
    this.told.push(message.type)
    sent(null)
    return true
  }

  says(message: FromWorker): void {
    this.emit('message', message)
  }

  kill(): void {
    this.killed = true
    this.dies('SIGKILL')
  }

  dies(signal: string | null = null): void {
    this.emit('exit', 0, signal)
    this.connected = false
    this.emit('disconnect')
  }
}

function newGeneration(t: TestContext, workers = 2) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const children: FakeChild[] = []
  const delays: number[] = []
  const snapshot = makeSnapshot({ settings: { workers } })
  const generation = new Generation(snapshot, {
    launch: () => {
      const child = new FakeChild()
      children.push(child)
      const worker = new WorkerProcess(child as unknown as ChildProcess, {
        caller: () => {},
        report: () => {},
        learned: () => {},
        noted: () => {},
        wantsRevocation: () => {},
        wantsIssuer: () => {},
        accepting: () => {},
        reweighed: () => {},
        memoryTurned: () => {},
        exited: (gone) => generation.lost(gone),
      })
      worker.begin(snapshot, { via: 'test', color: false, warm: [], intolerant: [], listeners: [] })
      return worker
    },
    delayed: (_generation, waitMs) => delays.push(waitMs),
  })
  return { generation, children, delays, tick: (ms: number) => t.mock.timers.tick(ms) }
}

const failed = (pattern: RegExp) => (error: unknown) =>
  error instanceof SidecarError && error.code === 'OPERATOR_GENERATION_FAILED' && pattern.test(error.message)

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function started(t: TestContext) {
  const all = newGeneration(t)
  const start = all.generation.start()
  for (const child of all.children) child.says({ type: 'ready' })
  await start
  const accept = all.generation.accept()
  for (const child of all.children) child.says({ type: 'accepting' })
  await accept
  return all
}

test('it has started when all its workers are ready', async (t) => {
  const { generation, children } = newGeneration(t)
  let isStarted = false
  const start = generation.start().then(() => {
    isStarted = true
  })
  children[0]?.says({ type: 'ready' })
  await turn()
  assert.equal(isStarted, false)
  children[1]?.says({ type: 'ready' })
  await start
})

test('one worker that is not ready in time fails the start, and all are killed', async (t) => {
  const { generation, children, tick } = newGeneration(t)
  const start = assert.rejects(generation.start(), failed(/not ready within 10000 ms/))
  children[0]?.says({ type: 'ready' })
  tick(10_000)
  await start
  assert.deepEqual(
    children.map(({ killed }) => killed),
    [true, true],
  )
})

test('one worker that cannot start fails the start with its reason', async (t) => {
  const { generation, children } = newGeneration(t)
  const start = assert.rejects(generation.start(), /no such suite/)
  children[1]?.says({
    type: 'failed',
    error: { code: 'OPERATOR_BAD_DOCUMENT', message: 'no such suite', details: {} },
  })
  await start
  assert.equal(children[0]?.killed, true)
})

test('one worker of several that cannot accept does not stop the swap; all of them do', async (t) => {
  const { generation, children } = newGeneration(t)
  const start = generation.start()
  for (const child of children) child.says({ type: 'ready' })
  await start
  const accept = generation.accept()
  children[0]?.dies('SIGKILL')
  children[1]?.says({ type: 'accepting' })
  await accept
  const again = assert.rejects(generation.accept(), failed(/died while starting/))
  for (const child of children) child.dies('SIGKILL')
  await again.catch(() => {})
})

test('a worker that dies is replaced at once, the next ones after ever longer waits', async (t) => {
  const { children, delays, tick } = await started(t)
  for (const wait of [0, 100, 200]) {
    const before = children.length
    children.at(-1)?.dies('SIGSEGV')
    if (wait > 0) tick(wait - 1)
    assert.equal(children.length, before)
    tick(1)
    assert.equal(children.length, before + 1)
    children.at(-1)?.says({ type: 'ready' })
    await turn()
    assert.deepEqual(children.at(-1)?.told, ['begin', 'accept'])
  }
  assert.deepEqual(delays, [100, 200])
})

test('a retired generation replaces nobody, ends with its last worker, and is cut at the drain deadline', async (t) => {
  const { generation, children, tick } = await started(t)
  const retire = generation.retire({ handOver: true })
  for (const child of children) child.says({ type: 'retired' })
  await retire
  children[0]?.dies()
  tick(999)
  assert.equal(children[1]?.told.at(-1), 'retire')
  tick(1)
  assert.equal(children[1]?.told.at(-1), 'cut')
  children[1]?.says({ type: 'ending', cut: 3 })
  children[1]?.dies()
  await generation.gone
  assert.equal(generation.cutCallers, 3)
  assert.equal(children.length, 2)
})

test('the last words of a worker count, though its end was seen first', async (t) => {
  const { generation, children } = await started(t)
  void generation.retire({ handOver: true })
  const [child, other] = children
  child?.emit('exit', 0, null)
  child?.says({ type: 'ending', cut: 2 })
  child?.dies()
  other?.dies()
  await generation.gone
  assert.equal(generation.cutCallers, 2)
})

test('a worker that does not even end when it is cut is killed', async (t) => {
  const { generation, children, tick } = await started(t)
  void generation.retire({ handOver: true })
  tick(1000)
  assert.equal(children[0]?.killed, false)
  tick(1000)
  assert.equal(children[0]?.killed, true)
  await generation.gone
})
