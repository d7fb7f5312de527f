/** How notes pass through the supervisor to a control process that may be slow, dead or newly started. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { ControlProcess } from '../../src/processes/control-process.ts'
import type { ToControl } from '../../src/processes/messages.ts'
import type { Noted, SightingNote } from '../../src/processes/sighting-notes.ts'

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

test('a slow control process gets so many notes at a time; what is lost is told with the next ones', async () => {
  const children: SlowChild[] = []
  const fork = () => {
    const child = new SlowChild()
    children.push(child)
    return child as unknown as ChildProcess
  }
  const control = new ControlProcess(fork, { started: () => {}, heard: () => {}, died: () => true })
  control.note(noted)
  control.start()
  const [child] = children
  const droppedOf = (message: ToControl | undefined) => message?.type === 'noted' && message.noted.dropped
  for (let n = 0; n < 40; n++) control.note({ ...noted, dropped: 0 })
  assert.equal(child?.heard.length, 32)
  assert.equal(droppedOf(child?.heard[0]), 3, 'before it was there')
  assert.equal(droppedOf(child?.heard[31]), 0)
  child?.takesAll()
  await new Promise((done) => setImmediate(done))
  control.note(noted)
  assert.equal(droppedOf(child?.heard[32]), 8 * 2 + 1)
})
