/**
 * Reads a list in a child process: at most 5 s and 256 MB, no file, no network, no process of its own, and less of the
 * processor than the traffic gets. One list at a time, so that many of them do not become many processes.
 */
import { fork } from 'node:child_process'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { LIST_READ_LIMIT_MS } from './limits.ts'
import type { ListToRead } from './list-child.ts'
import type { ListReading } from './read-list.ts'

const childFile = fileURLToPath(new URL('./list-child.ts', import.meta.url))
const product = fileURLToPath(new URL('../../', import.meta.url))
const START_LIMIT_MS = 15_000

let last: Promise<unknown> = Promise.resolve()

/** Reads a list as `readList` does; nothing is thrown, and what breaks the reader is the list's fault. */
export function readListInChild(list: ListToRead): Promise<ListReading> {
  const reading = last.then(() => readOne(list))
  last = reading
  return reading
}

function readOne(list: ListToRead): Promise<ListReading> {
  const child = fork(childFile, [], {
    execArgv: ['--max-old-space-size=256', '--permission', `--allow-fs-read=${product}*`],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const done = Promise.withResolvers<ListReading>()
  const fail = (fault: string) => done.resolve({ fault })
  let timer = setTimeout(() => fail('could not be read: its reader did not start'), START_LIMIT_MS)
  child.on('message', (message: ListReading | { readonly ready: true }) => {
    clearTimeout(timer)
    if (!('ready' in message)) return done.resolve(message)
    timer = setTimeout(() => fail(`takes more than ${LIST_READ_LIMIT_MS} ms to read`), LIST_READ_LIMIT_MS)
    yieldToTraffic(child.pid)
    child.send(list, () => {})
  })
  child.once('error', (error) => fail(`could not be read: ${error.message}`))
  child.once('close', () => fail('made its reader break down: it is damaged, or meant to'))
  return done.promise.finally(() => {
    clearTimeout(timer)
    // By its own id; a child that has already gone is not minded.
    child.kill('SIGKILL')
  })
}

function yieldToTraffic(pid: number | undefined): void {
  try {
    if (pid !== undefined) os.setPriority(pid, os.constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It is only a courtesy to the traffic.
  }
}
