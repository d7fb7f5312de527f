/** A log file on a disk that fills up, imitated by the most bytes that the process may put into a file. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { type TestContext, test } from 'node:test'

const FILE_BYTES = 2048
const standardOutput = new URL('../../src/observe/standard-output.ts', import.meta.url)

/** Writes the lines it is given, as many at once as a semicolon is between, and says after each time how many were lost so far. */
const program = `
  import { createInterface } from 'node:readline'
  import { writeToStandardOutput } from '${standardOutput}'
  const writer = writeToStandardOutput()
  for await (const text of createInterface({ input: process.stdin })) {
    for (const line of text.split(';')) writer.write(line + '\\n')
    writer.flush()
    process.stderr.write(writer.dropped() + '\\n')
  }
`

function startWriter(t: TestContext, fd: number): (lines: string) => Promise<number> {
  const args = [`--fsize=${FILE_BYTES}`, process.execPath, '--input-type=module', '--eval', program]
  const child = spawn('prlimit', args, { stdio: ['pipe', fd, 'pipe'] })
  t.after(() => child.kill())
  const { stdin, stderr } = child as unknown as { stdin: Writable; stderr: Readable }
  const answers = createInterface({ input: stderr })[Symbol.asyncIterator]()
  return async (lines) => {
    stdin.write(`${lines}\n`)
    return Number((await answers.next()).value)
  }
}

test('a full disk costs lines, which are counted, and not the log: it goes on when there is room', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-log-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'log')
  const fd = openSync(file, 'a')
  const [write, writeBeside] = [startWriter(t, fd), startWriter(t, fd)]
  closeSync(fd)
  const [first, torn, lost] = ['1', '2', '3'].map((letter) => letter.repeat(1500)) as [string, string, string]
  assert.equal(await write(first), 0)
  assert.equal(await write(`short;${torn};${lost}`), 2, 'the short one found room')
  assert.equal(await writeBeside('no room for a neighbour'), 1)
  assert.equal(readFileSync(file, 'latin1'), `${first}\nshort\n${torn}`.slice(0, FILE_BYTES))

  truncateSync(file, 1600)
  const half = `${first}\nshort\n${torn}`.slice(0, 1600)
  assert.equal(await writeBeside('there is room again'), 1)
  assert.equal(await writeBeside('and the log goes on'), 1)
  assert.equal(await write('so does the other one'), 2)
  const lines = ['there is room again', 'and the log goes on', '', 'so does the other one', '']
  assert.equal(readFileSync(file, 'latin1'), `${half}\n${lines.join('\n')}`)
})
