/**
 * Processes the rig starts, each ended by its own id and never by name. Whatever is still alive when this process
 * goes (an error, Ctrl-C, a time limit) is killed on the way out, so that no run leaves anything behind.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import fs from 'node:fs'
import { processTree } from './processes.ts'

/** A process of the rig; its output is in `outputPath`. */
export interface Child {
  readonly name: string
  readonly pid: number
  readonly process: ChildProcess
  readonly outputPath: string
  /** The exit code or the signal's name, once it is gone. */
  readonly exited: Promise<number | string>
  readonly alive: boolean
  /** Asks it to end (SIGTERM), and kills it when it has not within `graceMs`. */
  stop(graceMs?: number): Promise<number | string>
}

export interface ChildOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Folder for the output file. */
  readonly folder: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Opens a channel for messages between Node processes. */
  readonly messages?: boolean
}

const living = new Set<ChildProcess>()
const STOP_GRACE_MS = 5_000
let cleaningUp = false

/** Starts a process with both outputs going to one file, as a service manager would have it. */
export function startChild(options: ChildOptions): Child {
  cleanUpOnExit()
  const outputPath = `${options.folder}/${options.name}.out`
  const output = fs.openSync(outputPath, 'a')
  const stdio: SpawnOptions['stdio'] = ['ignore', output, output, ...(options.messages ? (['ipc'] as const) : [])]
  const child = spawn(options.command, options.args, {
    stdio,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  fs.closeSync(output)
  living.add(child)
  const exited = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone'))
  }).finally(() => living.delete(child))
  return {
    name: options.name,
    pid: child.pid ?? -1,
    process: child,
    outputPath,
    exited,
    get alive() {
      return living.has(child)
    },
    async stop(graceMs = STOP_GRACE_MS) {
      if (!living.has(child)) return exited
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      return exited.finally(() => clearTimeout(timer))
    },
  }
}

/** The last lines a child wrote, for the message of an error. */
export function outputTail(child: Child, lines = 15): string {
  return fs.readFileSync(child.outputPath, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

/** Asks `ready` until it says yes; ends the child and fails when it dies first or the time is over. */
export async function untilReady(
  child: Child,
  ready: () => Promise<boolean>,
  { withinMs, everyMs = 20 }: { withinMs: number; everyMs?: number },
): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!(await ready())) {
    const late = performance.now() > giveUpAt
    if (child.alive && !late) {
      await new Promise((resolve) => setTimeout(resolve, everyMs))
      continue
    }
    const what = late ? `was not ready within ${withinMs} ms` : 'ended while starting'
    const error = new Error(`${child.name} ${what}:\n${outputTail(child)}`)
    // Nobody else knows of it yet: left alone, it would outlive the run and keep this process from ending.
    await child.stop()
    throw error
  }
}

function cleanUpOnExit(): void {
  if (cleaningUp) return
  cleaningUp = true
  process.once('exit', () => {
    // With what they started themselves: a killed nginx master leaves its workers behind.
    for (const pid of [...living].flatMap((child) => (child.pid === undefined ? [] : processTree(child.pid)))) {
      killHard(pid)
    }
  })
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went by itself in the meantime.
  }
}
