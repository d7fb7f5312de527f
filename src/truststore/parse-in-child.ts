/**
 * Opens key stores and PKCS#7 files in a child process: at most 2 s and 64 MB, no file, no network, no process of its
 * own, and less of the processor than the traffic gets. Neither bytes nor password are ever on its command line.
 */
import { type ChildProcess, fork } from 'node:child_process'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { badContainer } from '../certificate/bad-container.ts'
import type { Container } from '../certificate/parse-container.ts'
import { SidecarError } from '../errors.ts'
import type { ParseAnswer } from './parse-child.ts'

export interface ParseLimits {
  /** From the moment the child has the bytes: a slow start on a busy machine is not the file's fault. */
  readonly timeMs: number
  readonly heapMb: number
}

const parseLimits: ParseLimits = { timeMs: 2_000, heapMb: 64 }
const START_LIMIT_MS = 15_000

const childFile = fileURLToPath(new URL('./parse-child.ts', import.meta.url))
const product = fileURLToPath(new URL('../../', import.meta.url))

/** Reads the certificates of a container, as DER; throws OPERATOR_BAD_TRUST_STORE, whatever the bytes do. */
export async function parseInChild(container: Container, limits: ParseLimits = parseLimits): Promise<Buffer[]> {
  const child = fork(childFile, [], {
    execArgv: [`--max-old-space-size=${limits.heapMb}`, '--permission', `--allow-fs-read=${product}*`],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  try {
    return await converse(child, container, limits)
  } finally {
    // By its own id; a child that has already gone is not minded.
    child.kill('SIGKILL')
  }
}

function converse(child: ChildProcess, container: Container, { timeMs }: ParseLimits): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => reject(ours(`did not start within ${START_LIMIT_MS} ms`)), START_LIMIT_MS)
    child.on('message', (answer: ParseAnswer) => {
      clearTimeout(timer)
      if ('certificates' in answer) resolve(answer.certificates.map((each) => Buffer.from(each)))
      else if ('problem' in answer) reject(answer.ours ? ours(answer.problem) : badContainer(answer.problem))
      else {
        timer = setTimeout(() => reject(tooSlow(timeMs)), timeMs)
        lowerPriority(child)
        // An error of sending is an end of the child, which is told below.
        child.send(container, () => {})
      }
    })
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(ours(error.message, error))
    })
    // Closed, not exited: by then every answer has been heard.
    child.once('close', (status, signal) => {
      clearTimeout(timer)
      reject(badContainer(`made its reader break down (${signal ?? `status ${status}`}): it is damaged, or meant to`))
    })
  })
}

function lowerPriority(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) os.setPriority(child.pid, os.constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It is only a courtesy to the traffic.
  }
}

function tooSlow(timeMs: number): SidecarError {
  return badContainer(`takes more than ${timeMs} ms to read: a key derivation of too many iterations, or an attack`)
}

function ours(what: string, cause?: unknown): SidecarError {
  return new SidecarError('INTERNAL_ERROR', `the reader of key stores failed: ${what}`, { cause })
}
