/** What the supervisor says to a control process that may be slow, dead, newly started, or stand still. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { type TestContext, test } from 'node:test'
import type { AccessRecord } from '../../../src/observe/access-record.ts'
import type { Totals } from '../../../src/observe/tally.ts'
import type { ToControl } from '../../../src/processes/messages.ts'
import { ControlProcess } from '../../../src/processes/supervisor/control-process.ts'
import type { Noted, SightingNote } from '../../../src/processes/worker/sighting-notes.ts'

/** A child process that takes messages when it is told to. */
class SlowChild extends EventEmitter {
  connected = true
  readonly heard: ToControl[] = []
  readonly #sent: (() => void)[] = []

  send(message: ToControl, _handle: unknown, _options: unknown, sent: (error: Error | null) => void): boolean {
    this.heard.push(message)
    this.#sent.push(() => sent(null))
    return true
  }

  takesAll(): void {
    for (const sent of this.#sent.splice(0)) sent()
  }
}

const noted: Noted = { sightings: [{} as SightingNote, {} as SightingNote], exceptionUses: [], dropped: 1 }

/** Control as the supervisor sees it, with such children. */
function controlOf(children: SlowChild[]): ControlProcess {
  const fork = () => {
    const child = new SlowChild()
    children.push(child)
    return child as unknown as ChildProcess
  }
  return new ControlProcess(fork, silent)
}

const silent = { started: () => {}, heard: () => {}, died: () => true }
const settled = () => new Promise((done) => setImmediate(done))

test('a slow control process gets so many notes at a time; what is lost is told with the next ones', async () => {
  const children: SlowChild[] = []
  const control = controlOf(children)
  control.note(noted)
  control.start()
  const [child] = children
  const droppedOf = (message: ToControl | undefined) => message?.type === 'noted' && message.noted.dropped
  for (let n = 0; n < 40; n++) control.note({ ...noted, dropped: 0 })
  assert.equal(child?.heard.length, 32)
  assert.equal(droppedOf(child?.heard[0]), 3, 'before it was there')
  assert.equal(droppedOf(child?.heard[31]), 0)
  child?.takesAll()
  await settled()
  control.note(noted)
  assert.equal(droppedOf(child?.heard[32]), 8 * 2 + 1)
})

test('connections in notes that were lost are told as skipped', async () => {
  const children: SlowChild[] = []
  const control = controlOf(children)
  control.note({ ...noted, access: { records: [{} as AccessRecord], skipped: 2 } })
  control.start()
  control.note(noted)
  const [message] = children[0]?.heard ?? []
  assert.deepEqual(message?.type === 'noted' && message.noted.access, { records: [], skipped: 3 })
})

test('of figures a slow control process gets the newest, and before anything that must come after them', async () => {
  const children: SlowChild[] = []
  const control = controlOf(children)
  control.start()
  const heard = () => children[0]?.heard.map((message) => ('totals' in message ? message.totals : message.type))
  for (let n = 1; n <= 1000; n += 1) control.counted(1, totalsOf(n))
  assert.deepEqual(heard(), [totalsOf(1)])
  control.send({ type: 'worker-gone', worker: 1 })
  assert.deepEqual(heard(), [totalsOf(1), totalsOf(1000), 'worker-gone'])
  children[0]?.takesAll()
  await settled()
  control.counted(1, totalsOf(1001))
  control.counted(1, totalsOf(1002))
  children[0]?.takesAll()
  await settled()
  assert.deepEqual(heard()?.slice(3), [totalsOf(1001), totalsOf(1002)])
})

test('wishes of workers have a bound, and are heard again once control takes them', async () => {
  const children: SlowChild[] = []
  const control = controlOf(children)
  control.start()
  const wish = () => control.wanted({ type: 'issuer-wanted', url: 'http://ca.example/ca.cer' })
  for (let n = 0; n < 5000; n += 1) wish()
  assert.equal(children[0]?.heard.length, 1000)
  children[0]?.takesAll()
  await settled()
  wish()
  assert.equal(children[0]?.heard.length, 1001)
})

test('a control process that stands still fills its pipe and not the supervisor; then it hears the newest', async (t) => {
  const child = startReader(t)
  await once(child, 'message')
  process.kill(child.pid as number, 'SIGSTOP')
  const control = new ControlProcess(() => child, silent)
  control.start()
  const beforeBytes = process.memoryUsage().rss
  const text = 'x'.repeat(1_000_000)
  for (let n = 1; n <= 300; n += 1) {
    control.counted(1, { ...totalsOf(n), [text]: 0 } as unknown as Totals)
    await settled()
  }
  const grownMb = (process.memoryUsage().rss - beforeBytes) / 1_000_000
  assert.ok(grownMb < 100, `300 MB were said to nobody, and ${Math.round(grownMb)} MB of them are held`)
  process.kill(child.pid as number, 'SIGCONT')
  const heard: unknown[] = []
  while (!heard.includes(300)) heard.push((await once(child, 'message'))[0])
  assert.deepEqual(heard, [1, 300])
})

const totalsOf = (count: number) => ({ count }) as unknown as Totals

/** A process that says how high each message counts, and ready first. */
function startReader(t: TestContext): ChildProcess {
  const says = "process.on('message', ({ totals }) => process.send(totals.count)); process.send('ready')"
  const child = spawn(process.execPath, ['--eval', says], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  t.after(() => child.kill('SIGKILL'))
  return child
}
