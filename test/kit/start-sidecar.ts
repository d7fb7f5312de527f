/** The product as an operator runs it: the real command, its own processes, a folder of its own, ports chosen free. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface SidecarWish {
  /** The `spec` of the policy as YAML lines without their indentation; the loopback is always allowed. */
  readonly spec?: string
  /** PEM files by the name of their trust store. */
  readonly trust?: Readonly<Record<string, string>>
  /** Further files of its folder, by name; they replace what would stand there otherwise. */
  readonly files?: Readonly<Record<string, string>>
  /** Further lines of vedette.yaml. */
  readonly settings?: string
}

export interface LogLine {
  readonly event: string
  readonly [field: string]: unknown
}

interface Cleaner {
  after(clean: () => unknown): void
}

/** Starts `vedette run` and resolves when it is ready; it is stopped and its folder removed when the test is over. */
export async function startSidecar(t: Cleaner, wish: SidecarWish = {}): Promise<Sidecar> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-test-'))
  for (const [name, pem] of Object.entries(wish.trust ?? {})) {
    mkdirSync(path.join(folder, 'truststores', name), { recursive: true })
    writeFileSync(path.join(folder, 'truststores', name, 'certificates.pem'), pem)
  }
  mkdirSync(path.join(folder, 'policies'))
  writeFileSync(path.join(folder, 'policies', 'default.yaml'), policyText(wish.spec ?? ''))
  writeFileSync(path.join(folder, 'vedette.yaml'), settingsText(wish.settings ?? ''))
  for (const [name, text] of Object.entries(wish.files ?? {})) writeFileSync(path.join(folder, name), text)
  const sidecar = new Sidecar(folder)
  t.after(() => sidecar.stop())
  await sidecar.ready()
  return sidecar
}

/** A whole policy around the lines of a spec. */
export function policyText(spec: string): string {
  const lines = spec.trim() === '' ? [] : spec.trim().split('\n')
  const destinations = /^destinations:/m.test(spec) ? [] : ['destinations: { allowAddresses: [127.0.0.0/8] }']
  const body = [...destinations, ...lines].map((line) => `  ${line}\n`).join('')
  return `apiVersion: vedette/v1\nkind: OutgoingTlsPolicy\nmetadata: { name: test }\nspec:\n${body}`
}

function settingsText(more: string): string {
  return `apiVersion: vedette/v1
kind: Settings
proxy: { listen: ["127.0.0.1:0"] }
admin: { listen: "127.0.0.1:0" }
health: { listen: "127.0.0.1:0" }
${more}`
}

export class Sidecar {
  readonly folder: string
  readonly log: LogLine[] = []
  messages = ''
  readonly #process: ChildProcess
  #changed: () => void = () => {}
  #partial = ''

  constructor(folder: string) {
    this.folder = folder
    this.#process = spawn(process.execPath, [MAIN, 'run', '-c', path.join(folder, 'vedette.yaml')], { cwd: folder })
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text))
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.messages += text
      this.#changed()
    })
    this.#process.on('exit', () => this.#changed())
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get proxyPort(): number {
    return Number(/proxy listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.messages)?.[1])
  }

  get proxyUrl(): string {
    return `http://127.0.0.1:${this.proxyPort}`
  }

  /** The port of a service that listens on `127.0.0.1:0`. */
  servicePort(name: string): number {
    return Number(this.lines('entrance.listening').findLast(({ entrance }) => entrance === name)?.port)
  }

  get healthUrl(): string {
    return `http://127.0.0.1:${this.log.find(({ event }) => event === 'health.listening')?.port}`
  }

  get policyFile(): string {
    return path.join(this.folder, 'policies', 'default.yaml')
  }

  async ready(): Promise<void> {
    await this.until(() => this.messages.includes('proxy listening') && this.lines('policy.applied').length > 0)
  }

  lines(event: string): LogLine[] {
    return this.log.filter((line) => line.event === event)
  }

  /** Waits for a log line that fits and gives it out. */
  async line(fits: (line: LogLine) => boolean): Promise<LogLine> {
    await this.until(() => this.log.some(fits))
    return this.log.find(fits) as LogLine
  }

  /** Waits until the condition holds; it is looked at whenever the sidecar has said something. */
  async until(condition: () => boolean): Promise<void> {
    let isLate = false
    const patience = setTimeout(() => {
      isLate = true
      this.#changed()
    }, PATIENCE_MS)
    try {
      while (!condition()) {
        if (this.#process.exitCode !== null) throw new Error(`the sidecar has ended:\n${this.messages}`)
        if (isLate) throw new Error(`waited ${PATIENCE_MS} ms for ${condition}; ${this.log.length} lines of log came`)
        await new Promise<void>((resolve) => {
          this.#changed = resolve
        })
      }
    } finally {
      clearTimeout(patience)
    }
  }

  /** Runs a command of the product on this instance. */
  vedette(args: readonly string[]): Promise<CommandResult> {
    return runProgram(process.execPath, [MAIN, ...args], { cwd: this.folder })
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit')
      this.#process.kill(signal)
      const force = setTimeout(() => this.#process.kill('SIGKILL'), 8000)
      await ended
      clearTimeout(force)
    }
    rmSync(this.folder, { recursive: true, force: true })
    return this.#process.exitCode
  }

  #read(text: string): void {
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) this.log.push(JSON.parse(line) as LogLine)
    this.#changed()
  }
}

/** Longer than anything takes on a busy machine; a wait without an end would hold up all tests. */
const PATIENCE_MS = 60_000

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end and gives what it said. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, input }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<CommandResult> {
  const child = spawn(program, args, { ...(cwd ? { cwd } : {}), env: { ...process.env, ...env }, timeout: 60_000 })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}
