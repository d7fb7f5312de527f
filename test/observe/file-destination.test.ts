/** A log file on a disk that fills up, imitated by the most bytes that the process may put into a file. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { test } from 'node:test'

const FILE_BYTES = 2048
const standardOutput = new URL('../../src/observe/standard-output.ts', import.meta.url)

/** Writes every line it is given, and says after each how many were lost so far. */
const program = `
  import { createInterface } from 'node:readline'
  import { writeToStandardOutput } from '${standardOutput}'
  const writer = writeToStandardOutput()
  for await (const line of createInterface({ input: process.stdin })) {
    writer.write(line + '\\n')
    writer.flush()
    process.stderr.write(writer.dropped() + '\\n')
  }
`

test('a full disk costs lines, which are counted, and not the log: it goes on when there is room', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-log-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'log')
  const fd = openSync(file, 'a')
  const args = [`--fsize=${FILE_BYTES}`, process.execPath, '--input-type=module', '--eval', program]
  const child = spawn('prlimit', args, { stdio: ['pipe', fd, 'pipe'] })
  t.after(() => child.kill())
  closeSync(fd)
  const { stdin, stderr } = child as unknown as { stdin: Writable; stderr: Readable }
  const answers = createInterface({ input: stderr })[Symbol.asyncIterator]()
  /** Gives how many lines are lost after this one. */
  const write = async (line: string) => {
    stdin.write(`${line}\n`)
    return Number((await answers.next()).value)
  }
  const [first, torn, lost] = ['1', '2', '3'].map((letter) => letter.repeat(1500)) as [string, string, string]
  assert.equal(await write(first), 0)
  assert.equal(await write(torn), 1)
  assert.equal(await write(lost), 2)
  assert.equal(readFileSync(file, 'latin1'), `${first}\n${torn}`.slice(0, FILE_BYTES))

  truncateSync(file, 1600)
  assert.equal(await write('there is room again'), 2)
  assert.equal(await write('and the log goes on'), 2)
  const half = torn.slice(0, 1600 - first.length - 1)
  assert.equal(readFileSync(file, 'latin1'), `${first}\n${half}\nthere is room again\nand the log goes on\n`)
})
