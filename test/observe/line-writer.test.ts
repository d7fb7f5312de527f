import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { mock, test } from 'node:test'
import { AsciiLine } from '../../src/observe/ascii-line.ts'
import { createLineWriter, type LineDestination } from '../../src/observe/line-writer.ts'

/** A destination that takes a chunk only when the test says so, and then spoils what it no longer may look at. */
class Gate implements LineDestination {
  readonly taken: string[] = []
  readonly #waiting: (() => void)[] = []
  #fail: (error: Error) => void = () => {}
  open: boolean
  constructor({ open }: { open: boolean }) {
    this.open = open
  }
  write(chunk: Uint8Array, taken: () => void): void {
    const text = Buffer.from(chunk).toString()
    this.taken.push(text)
    const done = () => {
      assert.equal(Buffer.from(chunk).toString(), text, 'nobody has written into what was on its way')
      chunk.fill(0)
      taken()
    }
    if (this.open) done()
    else this.#waiting.push(done)
  }
  on(_event: 'error', listener: (error: Error) => void): void {
    this.#fail = listener
  }
  release(): void {
    this.open = true
    for (const done of this.#waiting.splice(0)) done()
  }
  break(): void {
    this.#fail(new Error('EPIPE'))
  }
}

test('lines are gathered into chunks of at most 4096 bytes, each ending with a line', () => {
  const gate = new Gate({ open: true })
  const writer = createLineWriter({ destination: gate })
  const lines = Array.from({ length: 100 }, (_, n) => `${String(n).padStart(3, '0')} ${'x'.repeat(200)}\n`)
  for (const line of lines) writer.write(line)
  writer.flush()
  assert.equal(gate.taken.join(''), lines.join(''))
  assert.equal(gate.taken.length, Math.ceil(100 / 19))
  for (const chunk of gate.taken) assert.ok(chunk.length <= 4096 && chunk.endsWith('\n'))
})

test('the size of a chunk is counted in bytes, not in letters', () => {
  const gate = new Gate({ open: true })
  const writer = createLineWriter({ destination: gate })
  for (let n = 0; n < 10; n++) writer.write(`${'ż'.repeat(999)}\n`)
  writer.flush()
  for (const chunk of gate.taken) assert.ok(Buffer.byteLength(chunk) <= 4096)
})

test('what is written is UTF-8, and a line that is bytes already keeps its place among the others', () => {
  const gate = new Gate({ open: true })
  const writer = createLineWriter({ destination: gate })
  const line = new AsciiLine()
  line.text('plain\n')
  writer.write('żółw\n')
  writer.writeAscii(line)
  line.clear()
  line.text('plain again\n')
  writer.write('é\n')
  writer.writeAscii(line)
  writer.flush()
  assert.deepEqual(gate.taken, ['żółw\nplain\né\nplain again\n'])
})

test('a line longer than a chunk goes alone', () => {
  const gate = new Gate({ open: true })
  const writer = createLineWriter({ destination: gate })
  const long = `${'y'.repeat(9000)}\n`
  for (const line of ['before\n', long, 'after\n']) writer.write(line)
  writer.flush()
  assert.deepEqual(gate.taken, ['before\n', long, 'after\n'])
})

test('a line waits at most 200 ms for company', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const gate = new Gate({ open: true })
    const writer = createLineWriter({ destination: gate })
    // The mock has no refresh(): the first line must go out by the timer armed at the start.
    writer.write('one\n')
    mock.timers.tick(199)
    assert.deepEqual(gate.taken, [])
    mock.timers.tick(1)
    assert.deepEqual(gate.taken, ['one\n'])
  } finally {
    mock.timers.reset()
  }
})

test('while one chunk is on its way no second one is handed over, so two are never joined', async () => {
  const gate = new Gate({ open: false })
  const writer = createLineWriter({ destination: gate })
  writer.write('one\n')
  writer.flush()
  writer.write('two\n')
  writer.flush()
  assert.deepEqual(gate.taken, ['one\n'])
  const closed = writer.close()
  gate.release()
  await closed
  assert.deepEqual(gate.taken, ['one\n', 'two\n'])
})

test('lines that nobody takes yet gather in few chunks, however often somebody asks for them', () => {
  const gate = new Gate({ open: false })
  const writer = createLineWriter({ destination: gate })
  for (let n = 0; n < 82; n++) {
    writer.write(`${'w'.repeat(99)}\n`)
    writer.flush()
  }
  gate.release()
  // The first line is on its way at once; of the others forty fit into a chunk.
  assert.deepEqual(
    gate.taken.map((chunk) => chunk.length),
    [100, 4000, 4000, 100],
  )
})

test('a reader that stops costs bounded memory; lost lines are counted and reported when it goes on', () => {
  const gate = new Gate({ open: false })
  const reports: number[] = []
  const writer = createLineWriter({
    destination: gate,
    queueBytesMax: 10_000,
    onDropped: (lines) => reports.push(lines),
  })
  for (let n = 0; n < 1000; n++) writer.write(`${'z'.repeat(99)}\n`)
  assert.equal(writer.dropped(), 900)
  assert.deepEqual(reports, [])
  gate.release()
  assert.deepEqual(reports, [900])
  writer.write('again\n')
  writer.flush()
  assert.equal(gate.taken.join('').length, 10_000 + 'again\n'.length)
  assert.deepEqual(reports, [900])
})

test('a reader that went away ends the log and not the process', async () => {
  const gate = new Gate({ open: true })
  const writer = createLineWriter({ destination: gate })
  gate.break()
  writer.write('nobody reads this\n')
  writer.flush()
  assert.deepEqual(gate.taken, [])
  assert.equal(writer.dropped(), 1)
  await writer.close()
})

test('at the exit of the process everything is handed over at once', () => {
  const gate = new Gate({ open: false })
  const writer = createLineWriter({ destination: gate })
  for (const line of ['one\n', 'two\n']) {
    writer.write(line)
    writer.flush()
  }
  writer.write('three\n')
  writer.finish()
  assert.deepEqual(gate.taken, ['one\n', 'two\nthree\n'])
})

/**
 * Goal: lines of several processes on one pipe never mix. Method: four processes write as fast as they can into one
 * pipe whose reader is slower than they are, so that the pipe is full nearly all the time.
 */
test('four processes share one pipe, and every line arrives whole', async () => {
  const script = join(import.meta.dirname, 'write-lines.ts')
  const lines = 1800
  const command = `for who in a b c d; do "$NODE" "${script}" $who ${lines} & done; wait`
  const shell = spawn('sh', ['-c', command], {
    env: { ...process.env, NODE: process.execPath },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  for await (const chunk of shell.stdout.setEncoding('latin1')) text += chunk
  // Below the queue's limit in all, so that none may be missing.
  const arrived = text.split('\n').slice(0, -1)
  const broken = arrived.filter((line) => !/^([abcd]) \d+ \1+$/.test(line))
  assert.deepEqual(broken, [])
  assert.equal(arrived.length, 4 * lines)
})

test('a process that exits writes the lines it has gathered', () => {
  const script = join(import.meta.dirname, 'write-lines.ts')
  const { stdout: text } = spawnSync(process.execPath, [script, 'a', '3', 'exit'], { encoding: 'latin1' })
  assert.equal(text.split('\n').length, 4)
})

test('a process whose reader stops reading neither waits nor grows: it goes on, drops lines, and can exit', async () => {
  const script = join(import.meta.dirname, 'write-lines.ts')
  const child = spawn(process.execPath, [script, 'a', '5000', 'exit'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.pause()
  let complaint = ''
  for await (const text of child.stderr.setEncoding('utf8')) complaint += text
  const [, dropped = 0] = /^dropped (\d+)\n$/.exec(complaint) ?? []
  // Of some 2.5 MB the queue holds 1 MB and the pipe 64 kB.
  assert.ok(Number(dropped) > 2000 && Number(dropped) < 4000, complaint)
})

test('a process whose reader goes away lives on', async () => {
  const script = join(import.meta.dirname, 'write-lines.ts')
  const child = spawn(process.execPath, [script, 'a', '20000'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const [code, signal] = await once(child, 'exit')
  assert.deepEqual([code, signal], [0, null])
  assert.match(complaint, /^dropped \d+\n$/)
})
