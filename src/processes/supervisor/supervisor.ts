/**
 * The process that `vedette run` is: it forks control and workers, holds the sockets they share, starts again what
 * dies, and passes signals on. It is the one process that must never fail, so it stays small: no policy, no
 * parser, no file of the operator is read here.
 */
import { fork } from 'node:child_process'
import { SidecarError } from '../../errors.ts'
import type { EventName } from '../../observe/event-names.ts'
import { environmentOfChild, namesAuthorities, wantsColor } from '../../settings/environment.ts'
import type { LoadOptions } from '../../settings/load-settings.ts'
import type { Systemd } from '../../settings/systemd.ts'
import type { TcpHandle } from '../../wire/raw-handle.ts'
import { compileCacheVariables } from '../compile-cache.ts'
import { errorOf, recordOf } from '../error-record.ts'
import type { FromControl, Overview } from '../messages.ts'
import { ControlProcess } from './control-process.ts'
import { Fleet } from './fleet.ts'
import { claimState } from './state-lock.ts'
import { wrapPassedSockets } from './systemd-sockets.ts'
import { SystemdVoice } from './systemd-voice.ts'

export interface RunOptions {
  /** Where the settings come from: read by the control process. */
  readonly load: LoadOptions
  /** What systemd has said, where it started us. */
  readonly systemd?: Systemd
  /** Called once, when the first generation is in force. */
  readonly started?: (overview: Overview) => void
  /** Shuts the instance down as SIGTERM does. */
  readonly stop?: AbortSignal
  /** The module that plays the inner roles; the one this process was started with unless a test says otherwise. */
  readonly entry?: string
}

export interface RunResult {
  /** How many callers the drain deadline cut in the shutdown. */
  readonly cutCallers: number
}

/** Runs the instance until a signal ends it; throws when it cannot start. */
export async function startSupervisor(options: RunOptions): Promise<RunResult> {
  const supervisor = new Supervisor(options)
  return supervisor.run()
}

/**
 * What a worker leaves behind dies young: one thread collects it with less processor time than several do together. And
 * it trusts what its snapshot names and nothing else: `--use-openssl-ca` spares it the certificates that Node brings along,
 * a tenth of a start, where nobody has said otherwise.
 */
const WORKER_FLAGS = [
  '--single-threaded-gc',
  '--max-semi-space-size=32',
  ...(namesAuthorities(process.execArgv) ? [] : ['--use-openssl-ca']),
]

/** Control makes little garbage and little haste: a small nursery and late optimising save 11 MB and cost nobody time. */
const CONTROL_FLAGS = ['--max-semi-space-size=1', ...optimiseAfter(40_000)]

/** Calls of a function before V8 optimises it; ten times as many before it does so thoroughly. */
function optimiseAfter(calls: number): string[] {
  const counts = { maglev: calls, 'maglev-osr': calls / 2, turbofan: calls * 8, osr: calls }
  return Object.entries(counts).map(([tier, count]) => `--invocation-count-for-${tier}=${count}`)
}

class Supervisor {
  readonly #options: RunOptions
  readonly #fleet: Fleet
  readonly #control: ControlProcess
  readonly #voice: SystemdVoice
  readonly #ended = Promise.withResolvers<RunResult>()
  readonly #startedMs = Date.now()
  #lock: TcpHandle | undefined
  #notes: unknown
  #up = false
  #stopping = false
  #stoppingSeen = () => {}

  constructor(options: RunOptions) {
    this.#options = options
    const { systemd = { notifySocket: '', watchdogMs: 0, sockets: [] } } = options
    const log = (name: EventName, message: string, fields: Readonly<Record<string, unknown>>) =>
      this.#log(name, message, fields)
    const isWell = () => this.#fleet.isHeard(Math.max(systemd.watchdogMs, SILENCE_MS))
    this.#voice = new SystemdVoice({ systemd, isWell, log })
    const entry = options.entry ?? (process.argv[1] as string)
    const forkRole = (role: string, execArgv: readonly string[] = []) =>
      fork(entry, [`--role=${role}`], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: environmentOfChild(compileCacheVariables),
        execArgv: [...process.execArgv, ...execArgv],
      })
    this.#fleet = new Fleet({
      color: wantsColor(options.load.environment, process.stdout.isTTY === true),
      passed: wrapPassedSockets(systemd.sockets),
      forkWorker: () => forkRole('worker', WORKER_FLAGS),
      counted: ({ number }, totals) => this.#control.counted(number, totals),
      noted: (noted) => this.#control.note(noted),
      wantsRevocation: ({ number }, wanted) => this.#control.wanted({ ...wanted, worker: number }),
      wantsIssuer: (wanted) => this.#control.wanted(wanted),
      workerGone: ({ number }) => this.#control.send({ type: 'worker-gone', worker: number }),
      changed: () => this.#tellOverview(),
      log,
    })
    this.#control = new ControlProcess(() => forkRole('control', CONTROL_FLAGS), {
      started: () => this.#beginControl(),
      heard: (message) => this.#heard(message),
      died: (how) => this.#controlDied(how),
    })
  }

  async run(): Promise<RunResult> {
    const received = (signal: string, what: string) =>
      this.#log('signal.received', `${signal} asks to ${what}`, { signal })
    const stop = (signal: string) => {
      received(signal, this.#stopping ? 'end at once' : 'drain and end')
      void this.#stop(signal)
    }
    const aborted = () => void this.#stop('a request')
    const reload = () => {
      received('SIGHUP', 'read everything again')
      this.#voice.reloading()
      this.#control.send({ type: 'reload' })
    }
    const overview = setInterval(() => this.#tellOverview(), OVERVIEW_MS)
    process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', reload)
    this.#options.stop?.addEventListener('abort', aborted)
    try {
      this.#control.start()
      return await this.#ended.promise
    } finally {
      process.off('SIGTERM', stop).off('SIGINT', stop).off('SIGHUP', reload)
      this.#options.stop?.removeEventListener('abort', aborted)
      clearInterval(overview)
      this.#voice.close()
      this.#fleet.kill()
      await this.#control.end()
      this.#lock?.close()
    }
  }

  #beginControl(): void {
    const running = this.#fleet.running
    this.#control.send({
      type: 'begin',
      options: this.#options.load,
      running: running && { ...running, notes: this.#notes },
      startedMs: this.#startedMs,
    })
    this.#tellOverview()
  }

  #heard(message: FromControl): void {
    switch (message.type) {
      case 'claim':
        return this.#answer(message.request, this.#claim(message.state))
      case 'prepare':
        return this.#answer(message.request, this.#fleet.prepare(message.snapshot))
      case 'swap':
        return this.#answer(message.request, this.#fleet.swap(message.tunnels))
      case 'abandon':
        return this.#fleet.abandon()
      case 'notes':
        this.#notes = message.notes
        return
      case 'revocation':
      case 'issuers':
        return this.#fleet.spread(message)
      case 'revocation-answered':
        return this.#fleet.answered(message)
      case 'standing':
        return this.#voice.status(message.text)
      case 'reloaded':
        return this.#voice.ready()
      case 'up':
        return this.#nowUp()
      case 'failed':
        return this.#controlFailed(errorOf(message.error))
      case 'stopping-seen':
        return this.#stoppingSeen()
    }
  }

  /** Answers a request of control when the work for it is done; never throws. */
  #answer(request: string, work: Promise<void>): void {
    work.then(
      () => this.#control.send({ type: 'done', request, error: undefined }),
      (error: unknown) => this.#control.send({ type: 'done', request, error: recordOf(error) }),
    )
  }

  async #claim(state: string): Promise<void> {
    this.#lock ??= await claimState(state)
    this.#control.send({ type: 'claimed' }, this.#lock)
  }

  #nowUp(): void {
    // Also what a reload waits for whose control process died: the new one has read everything.
    this.#voice.ready()
    if (this.#up) return
    this.#up = true
    this.#log('instance.ready', 'callers are served', { startMs: Date.now() - this.#startedMs })
    this.#options.started?.(this.#fleet.overview)
  }

  #tellOverview(): void {
    this.#control.overview(this.#fleet.overview)
  }

  #controlDied(how: string): boolean {
    this.#fleet.abandon()
    this.#stoppingSeen()
    if (this.#stopping) return false
    if (this.#up) {
      this.#log('control.exited', `the control process died (${how}); traffic goes on, a new one is started`, { how })
      return true
    }
    this.#controlFailed(new SidecarError('INTERNAL_ERROR', `the control process died while starting: ${how}`))
    return false
  }

  /** A control process that cannot start ends the first start; later the next one may fare better. */
  #controlFailed(error: SidecarError): void {
    if (!this.#up && !this.#stopping) this.#ended.reject(error)
  }

  /** The first call drains, the second one does not wait any longer. */
  async #stop(why: string): Promise<void> {
    if (this.#stopping) return this.#fleet.cut()
    this.#stopping = true
    this.#voice.stopping(`${why} ends the instance: what is under way goes on`)
    const notReady = this.#untilNotReady()
    this.#log('instance.draining', `${why} ends the instance: nobody new is accepted`, { why })
    await notReady
    const cutCallers = await this.#fleet.stop()
    this.#log(
      'instance.stopped',
      `everything has ended, ${cutCallers === 1 ? '1 caller was' : `${cutCallers} callers were`} cut`,
      { callers: cutCallers },
    )
    this.#ended.resolve({ cutCallers })
  }

  /** Readiness turns red before callers notice anything, so that whoever probes stops sending them here. */
  async #untilNotReady(): Promise<void> {
    const seen = new Promise<void>((resolve) => {
      this.#stoppingSeen = resolve
    })
    this.#control.send({ type: 'stopping' })
    const patience = setTimeout(() => this.#stoppingSeen(), READINESS_PATIENCE_MS)
    await seen
    clearTimeout(patience)
  }

  #log(name: EventName, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#control.log({ type: 'event', name, message, fields })
  }
}

const READINESS_PATIENCE_MS = 500
/** Workers report every second, unless the machine has no time for them. */
const SILENCE_MS = 5000
const OVERVIEW_MS = 1000
