/**
 * The real product in its own processes, in a folder of its own: for tests that kill, signal and reload it. Its log is
 * read line by line, so that a test waits for what happened instead of sleeping.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { askControl } from '../../src/processes/control/control-client.ts'
import type { Act, Acts, Progress } from '../../src/processes/control/control-protocol.ts'
import type { Status } from '../../src/processes/control/status.ts'

export interface InstanceWish {
  readonly policy: string
  /** Lines of vedette.yaml beside the addresses. */
  readonly settings?: string
  /** A folder that an earlier instance has used. */
  readonly folder?: string
  readonly proxyPort?: number
  /** Leaves it to the instance to find the settings in the folder that it is started in. */
  readonly unnamed?: true
  /** Another main.ts, which may spoil what the real one does. */
  readonly main?: string
  /** The program that starts it, with its arguments; Node itself when left out. */
  readonly under?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** File descriptors it finds from 3 on. */
  readonly fds?: readonly number[]
}

/** One line of the log, as JSON. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string }

const mainFile = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Starts an instance, ready or not; the test waits for `up` or `ended`. It is killed when the test ends. */
export function startInstance(t: Pick<TestContext, 'after'>, wish: InstanceWish): TestInstance {
  const folder = wish.folder ?? mkdtempSync(path.join(tmpdir(), 'vedette-instance-'))
  const instance = new TestInstance(folder, wish)
  t.after(async () => {
    await instance.kill()
    if (wish.folder === undefined) rmSync(folder, { recursive: true, force: true })
  })
  return instance
}

export class TestInstance {
  readonly folder: string
  readonly policyFile: string
  readonly settingsFile: string
  readonly state: string
  readonly lines: LogLine[] = []
  stderr = ''
  /** Resolves with the proxy's port when callers are served. */
  readonly up: Promise<number>
  /** Resolves with the exit code, or the signal, of the supervisor. */
  readonly ended: Promise<number | string>
  readonly #child: ChildProcess
  readonly #waiting = new Set<() => void>()

  constructor(folder: string, wish: InstanceWish) {
    const { policy, settings = '', proxyPort = 0, main = mainFile, under = [], env = {}, fds = [] } = wish
    this.folder = folder
    this.policyFile = path.join(folder, 'policy.yaml')
    this.settingsFile = path.join(folder, 'vedette.yaml')
    this.state = path.join(folder, 'state')
    writeFileSync(this.policyFile, policy)
    writeFileSync(this.settingsFile, settingsText(proxyPort, settings))
    const named = wish.unnamed ? [] : ['--config', this.settingsFile]
    const [program, ...args] = [...under, process.execPath, main, 'run', ...named]
    this.#child = spawn(program as string, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', ...fds],
      env: { ...process.env, ...env },
    })
    this.ended = new Promise((resolve) => this.#child.once('close', (code, signal) => resolve(signal ?? code ?? 0)))
    const address = () => /^proxy listening on http:\/\/.*:(\d+)$/m.exec(this.stderr)?.[1]
    this.up = this.#until(address, 'it was up').then(Number)
    this.up.catch(() => {})
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.#heard(line))
    this.#child.stderr?.on('data', (chunk) => {
      this.stderr += chunk
      this.#look()
    })
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Waits for a line of the log, past or future; rejects when the instance ends without it. */
  async logged(event: string, matches: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    const find = () => this.lines.find((line) => line.event === event && matches(line))
    return this.#until(find, `the event ${event}`)
  }

  ask<A extends Act>(
    act: A,
    request: Acts[A]['request'],
    progress: (progress: Progress) => void = () => {},
  ): Promise<Acts[A]['result']> {
    return askControl(act, request, { state: this.state, progress })
  }

  /** Applies a policy text as the command does. */
  apply(text: string, more: Partial<Acts['apply']['request']> = {}): Promise<Acts['apply']['result']> {
    return this.ask('apply', { text, file: 'candidate.yaml', author: 'test', comment: '', ...more })
  }

  status(): Promise<Status> {
    return this.ask('status', {})
  }

  /** The processes that carry traffic for new callers. */
  async liveWorkers(): Promise<number[]> {
    const { generations } = await this.status()
    return generations.filter(({ state }) => state === 'live').flatMap(({ workers }) => workers.map(({ pid }) => pid))
  }

  /** Asks a health path and gives status and text. */
  async health(target: string): Promise<{ status: number; body: string }> {
    const lines = this.lines.filter(({ event }) => event === 'health.listening')
    const port = lines.at(-1)?.port as number
    return new Promise((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port, path: target, agent: false }, async (response) => {
          let body = ''
          for await (const chunk of response) body += chunk
          resolve({ status: response.statusCode ?? 0, body })
        })
        .on('error', reject)
    })
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }

  #heard(text: string): void {
    // A process that is killed in the middle of a line leaves half of one.
    if (!text.startsWith('{') || !text.endsWith('}')) return
    this.lines.push(JSON.parse(text) as LogLine)
    this.#look()
  }

  #look(): void {
    for (const look of this.#waiting) look()
  }

  #until<T>(find: () => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      // A test that waits for what never happens should say so, with the log, instead of hanging.
      const late = setTimeout(() => {
        const last = this.lines.slice(-5).map((line) => JSON.stringify(line))
        reject(new Error(`${what} did not happen within ${PATIENCE_MS} ms; last lines:\n${last.join('\n')}`))
      }, PATIENCE_MS).unref()
      const look = () => {
        const found = find()
        if (found === undefined) return
        clearTimeout(late)
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      void this.ended?.then((how) => reject(new Error(`the instance ended (${how}) before ${what}: ${this.stderr}`)))
      look()
    })
  }
}

const PATIENCE_MS = 30_000

function settingsText(proxyPort: number, more: string): string {
  return `apiVersion: vedette/v1
kind: Settings
proxy: { listen: [127.0.0.1:${proxyPort}] }
admin: { listen: 127.0.0.1:0 }
health: { listen: 127.0.0.1:0 }
policy: policy.yaml
workers: 2
${more}
`
}
