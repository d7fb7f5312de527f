/**
 * The product under demonstration: `vedette run` as anybody would start it, in a process of its own, with its log
 * read line by line.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type ErrorCode, SidecarError } from '../errors.ts'
import type { DemoFiles } from './demo-files.ts'
import { type AccessLine, type ChangeLine, parseAccessLine, parseChangeLine } from './transcript.ts'
import type { ProxyAddress } from './visit.ts'

const START_TIMEOUT_MS = 20_000

/** One running instance. */
export class Sidecar {
  /** Called for every request or tunnel that is over. */
  accessed: (line: AccessLine) => void = () => {}
  /** Called when a change of policy or settings came into force or was refused. */
  changed: (line: ChangeLine) => void = () => {}
  readonly #child: ChildProcess
  readonly #up = Promise.withResolvers<ProxyAddress>()
  readonly #ended: Promise<number>
  readonly #said: string[] = []

  /** Starts `entry run`: the script this process was started with, unless a test says otherwise. */
  constructor({ settings, flags }: DemoFiles, entry = process.argv[1] as string) {
    // A group of its own: Ctrl-C reaches the demo alone, which then asks for one graceful end instead of two.
    this.#child = spawn(process.execPath, [entry, 'run', '--json', '--config', settings, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#ended = new Promise((resolve) => this.#child.once('close', (code) => resolve(code ?? 1)))
    this.#child.once('error', (error) => this.#up.reject(error))
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#heard(line))
    }
    void this.#ended.then((code) => this.#up.reject(new Error(`it ended with ${code}: ${this.#said.join('\n')}`)))
  }

  /** Waits until callers are accepted and tells where. */
  async up(): Promise<ProxyAddress> {
    const late = setTimeout(() => this.#up.reject(new Error('the sidecar did not come up in time')), START_TIMEOUT_MS)
    try {
      return await this.#up.promise
    } finally {
      clearTimeout(late)
    }
  }

  /** Ends it gracefully and gives its exit status; a second call does not wait for connections. */
  stop(): Promise<number> {
    this.#child.kill('SIGTERM')
    return this.#ended
  }

  /** Resolves with the exit status when it ends, for whatever reason. */
  get ended(): Promise<number> {
    return this.#ended
  }

  /** Ends it at once, for a demo that is itself going away. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #heard(line: string): void {
    const access = parseAccessLine(line)
    if (access !== undefined) return this.accessed(access)
    const change = parseChangeLine(line)
    if (change !== undefined) return this.changed(change)
    if (line.startsWith('{"event":"up"')) return this.#isUp(JSON.parse(line) as Up)
    // Its own words about a failed start become ours, with the code that decides our exit status.
    if (line.startsWith('{"error":')) return this.#up.reject(errorIn(JSON.parse(line) as Failed))
    if (this.#said.length < SAID_MAX) this.#said.push(line)
  }

  #isUp({ proxy: [first] }: Up): void {
    if (first !== undefined) this.#up.resolve(first)
  }
}

interface Up {
  readonly proxy: readonly ProxyAddress[]
}

interface Failed {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly problems?: readonly unknown[] }
}

function errorIn({ error }: Failed): SidecarError {
  const { code, message, problems } = error
  return new SidecarError(code, message, problems === undefined ? {} : { details: { problems } })
}

/** Enough lines to say why a start failed. */
const SAID_MAX = 20
