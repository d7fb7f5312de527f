/**
 * Tells systemd how things are (sd_notify(3)). Node has no datagram sockets, so systemd-notify speaks for us, one message
 * at a time and in order. Nothing waits for it and nothing fails by it: what cannot be said is one warning.
 */
import { spawn } from 'node:child_process'
import type { EventName } from '../../observe/event-names.ts'
import { environmentOfNotify, type Systemd } from '../../settings/systemd.ts'

export interface SystemdVoiceOptions {
  readonly systemd: Systemd
  /** Whether callers are served, as far as one can tell; what the watchdog is about. */
  readonly isWell: () => boolean
  readonly log: (name: EventName, message: string, fields: Readonly<Record<string, unknown>>) => void
}

type State = 'starting' | 'ready' | 'reloading' | 'stopping'

/** How things are, as far as systemd needs to know. */
export class SystemdVoice {
  readonly #options: SystemdVoiceOptions
  #state: State = 'starting'
  #status = ''
  /** Each is the variables of one datagram. */
  #unsaid: (readonly string[])[] = []
  #speaking = false
  #isWarned = false
  #beats: NodeJS.Timeout | undefined

  constructor(options: SystemdVoiceOptions) {
    this.#options = options
    const { watchdogMs } = options.systemd
    if (this.#isAsked && watchdogMs > 0) this.#beats = setInterval(() => this.#beat(), beatMs(watchdogMs)).unref()
  }

  /** Callers are served; also what ends a reload, whatever became of it. */
  ready(): void {
    if (this.#state !== 'starting' && this.#state !== 'reloading') return
    this.#state = 'ready'
    this.#say(['READY=1', ...this.#statusLine])
  }

  /** A reload that was asked for begins. */
  reloading(): void {
    if (this.#state !== 'ready') return
    this.#state = 'reloading'
    // systemd tells an answer to its own signal by the time: CLOCK_MONOTONIC, which is what hrtime reads.
    this.#say(['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`])
  }

  /** What runs, in a sentence; said with the next word that is due, and by itself once callers are served. */
  status(text: string): void {
    // It may repeat what stands in a file, and a NUL cannot be an argument of a program.
    const line = (text.split('\n', 1)[0] ?? '').slice(0, STATUS_LENGTH_MAX).replaceAll(/\p{Cc}/gu, ' ')
    if (line === this.#status) return
    this.#status = line
    if (this.#state !== 'starting') this.#say(this.#statusLine)
  }

  /** The drain begins. */
  stopping(text: string): void {
    clearInterval(this.#beats)
    this.#state = 'stopping'
    this.#status = text
    this.#say(['STOPPING=1', ...this.#statusLine])
  }

  /** Ends the beats. */
  close(): void {
    clearInterval(this.#beats)
  }

  get #isAsked(): boolean {
    return this.#options.systemd.notifySocket !== ''
  }

  get #statusLine(): readonly string[] {
    return this.#status === '' ? [] : [`STATUS=${this.#status}`]
  }

  #beat(): void {
    if (this.#state === 'starting' || this.#options.isWell()) this.#say(['WATCHDOG=1'])
  }

  #say(variables: readonly string[]): void {
    if (!this.#isAsked) return
    const [kind = ''] = variables
    const last = this.#unsaid.at(-1)
    // Of two that say the same of another time the newer one is enough, so what waits stays short.
    if (last?.length === 1 && kind.startsWith('STATUS=') && last[0]?.startsWith('STATUS=')) this.#unsaid.pop()
    if (last?.[0] === 'WATCHDOG=1' && kind === 'WATCHDOG=1') return
    this.#unsaid.push(variables)
    if (!this.#speaking) void this.#speak()
  }

  async #speak(): Promise<void> {
    this.#speaking = true
    for (let next = this.#unsaid.shift(); next !== undefined; next = this.#unsaid.shift()) {
      const failure = await notify(next, this.#options.systemd.notifySocket)
      if (failure === '') this.#isWarned = false
      else this.#warn(failure)
    }
    this.#speaking = false
  }

  #warn(failure: string): void {
    if (this.#isWarned) return
    this.#isWarned = true
    const message = `systemd does not hear how things are: ${failure}; traffic does not depend on it`
    this.#options.log('systemd.unheard', message, { failure })
  }
}

/** Twice within its time; Node fires a timer of more than 2^31-1 ms at once instead of late. */
function beatMs(watchdogMs: number): number {
  return Math.min(watchdogMs / 2, 2 ** 31 - 1)
}

/** Sends one datagram; answers why it could not, or nothing. Never rejects: what is odd enough makes `spawn` throw. */
function notify(variables: readonly string[], notifySocket: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  try {
    const child = spawn('systemd-notify', variables, {
      stdio: 'ignore',
      env: environmentOfNotify(notifySocket),
      timeout: PATIENCE_MS,
    })
    child.once('error', (error) => resolve(unrunnable(error)))
    child.once('exit', (code, signal) => resolve(code === 0 ? '' : `systemd-notify ended with ${signal ?? code}`))
  } catch (error) {
    resolve(unrunnable(error as Error))
  }
  return promise
}

function unrunnable({ message }: Error): string {
  return `systemd-notify cannot be run (${message})`
}

const STATUS_LENGTH_MAX = 300
/** It waits by itself until systemd has read the message, and gives up after five seconds. */
const PATIENCE_MS = 10_000
