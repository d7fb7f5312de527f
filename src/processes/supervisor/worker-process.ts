/**
 * One worker as the supervisor sees it: forked, told what to do, watched until it is gone. It only ever moves
 * forward through its states, and everything awaited here also ends when the process dies.
 */
import type { ChildProcess } from 'node:child_process'
import type { IntoleranceMark } from '../../backend/dial/hybrid-tolerance.ts'
import { SidecarError } from '../../errors.ts'
import type { Totals } from '../../observe/tally.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { TcpHandle } from '../../wire/raw-handle.ts'
import { sendOver } from '../channel.ts'
import { errorOf } from '../error-record.ts'
import type { MovingCaller } from '../hand-over.ts'
import type {
  FromWorker,
  IssuerWanted,
  Load,
  RevocationWanted,
  ToWorker,
  WorkerOverview,
  WorkerState,
} from '../messages.ts'
import type { Noted } from '../worker/sighting-notes.ts'
import type { EntranceListener } from './listeners.ts'

/** What a worker tells the supervisor without being asked. */
export interface WorkerEvents {
  caller(caller: MovingCaller): void
  report(worker: WorkerProcess, counters: Totals): void
  noted(noted: Noted): void
  learned(worker: WorkerProcess, intolerant: readonly IntoleranceMark[]): void
  wantsRevocation(worker: WorkerProcess, wanted: RevocationWanted): void
  wantsIssuer(wanted: IssuerWanted): void
  accepting(): void
  reweighed(worker: WorkerProcess, cut: number): void
  memoryTurned(worker: WorkerProcess, memory: { readonly isShort: boolean; readonly detail: string }): void
  exited(worker: WorkerProcess): void
}

/** What a worker is given beside its snapshot. */
export interface Beginning {
  readonly via: string
  readonly color: boolean
  readonly warm: readonly string[]
  readonly intolerant: readonly IntoleranceMark[]
  readonly listeners: readonly EntranceListener[]
}

let started = 0

export class WorkerProcess {
  /** Never given twice, as a process id may be. */
  readonly number = ++started
  state: WorkerState = 'starting'
  /** True when it was told to end, or to stop working: its end is no accident then. */
  dismissed = false
  /** How it ended. */
  ending = ''
  /** When it last said anything. */
  heardMs = performance.now()
  load: Load = { callers: 0, requests: 0, tunnels: 0 }
  /** Destinations it has pooled connections to, for warming its successor. */
  warm: readonly string[] = []
  /** How many callers the drain deadline cut here. */
  cutCallers = 0
  /** It has too little memory to take anything new. */
  isShort = false
  readonly startedMs = performance.now()
  readonly end: ChildProcess
  readonly #events: WorkerEvents
  readonly #ready = Promise.withResolvers<void>()
  readonly #accepting = Promise.withResolvers<void>()
  readonly #retired = Promise.withResolvers<void>()
  readonly #gone = Promise.withResolvers<void>()

  constructor(end: ChildProcess, events: WorkerEvents) {
    this.end = end
    this.#events = events
    // Whoever cares awaits these; nobody has to.
    this.#ready.promise.catch(() => {})
    this.#accepting.promise.catch(() => {})
    end.on('message', (message, handle) => this.#heard(message as FromWorker, handle as TcpHandle | undefined))
    end.once('exit', (code, signal) => this.#ended(signal ?? `exit code ${code}`))
    // A channel that breaks is followed by 'exit'; only where there never was a process nothing follows.
    end.on('error', (error) => {
      if (end.pid === undefined) this.#exited(error.message)
    })
  }

  get pid(): number {
    return this.end.pid ?? 0
  }

  /** Resolves when contexts are built and pools are warm; rejects with the reason when that will not happen. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get gone(): Promise<void> {
    return this.#gone.promise
  }

  /** Tells whether callers may be sent to it. */
  get takesCallers(): boolean {
    return this.state === 'accepting' && this.end.connected
  }

  get overview(): WorkerOverview {
    return { pid: this.pid, state: this.state, load: this.load }
  }

  begin(snapshot: Snapshot, { listeners, ...rest }: Beginning): void {
    this.#send({ type: 'begin', snapshot, ...rest })
    for (const { entrance, handle } of listeners) this.#send({ type: 'listener', entrance }, handle)
  }

  /** Passes on what another worker has learned. */
  learn(intolerant: readonly IntoleranceMark[]): void {
    if (this.state !== 'gone') this.#send({ type: 'learn', intolerant })
  }

  /** Passes on what control has learnt. */
  pass(message: ToWorker & { type: 'revocation' | 'revocation-answered' | 'issuers' }): void {
    if (this.state !== 'gone') this.#send(message)
  }

  /** Resolves when it accepts callers; rejects when it cannot. */
  accept(): Promise<void> {
    this.#send({ type: 'accept' })
    return this.#accepting.promise
  }

  /** Resolves when no request begins here any more; the worker ends by itself when the last one is done. */
  retire({ handOver }: { handOver: boolean }): Promise<void> {
    if (this.state === 'gone') return Promise.resolve()
    this.state = 'retiring'
    this.dismissed = true
    this.#send({ type: 'retire', handOver })
    return this.#retired.promise
  }

  /** Ends what a newer snapshot would refuse. */
  reweigh(snapshot: Snapshot): void {
    if (this.state !== 'gone') this.#send({ type: 'reweigh', snapshot })
  }

  /** Cuts what is left; a worker that does not end by that either is killed. */
  cut(): void {
    if (this.state === 'gone') return
    this.#send({ type: 'cut' })
    const killing = setTimeout(() => this.kill(), KILL_AFTER_MS)
    this.gone.then(() => clearTimeout(killing))
  }

  kill(): void {
    this.end.kill('SIGKILL')
  }

  #send(message: ToWorker, handle?: TcpHandle): void {
    void sendOver(this.end, message, handle)
  }

  #heard(message: FromWorker, handle: TcpHandle | undefined): void {
    this.heardMs = performance.now()
    if (message.type === 'caller') {
      // The handle is missing when this process is out of file descriptors: the caller is lost with it.
      if (handle !== undefined) this.#events.caller({ handle, early: message.early })
    } else if (message.type === 'report') {
      this.load = message.load
      this.warm = message.warm
      this.#events.report(this, message.counters)
    } else if (message.type === 'noted') {
      this.#events.noted(message.noted)
    } else if (message.type === 'learned') {
      this.#events.learned(this, message.intolerant)
    } else if (message.type === 'revocation-wanted') {
      this.#events.wantsRevocation(this, message)
    } else if (message.type === 'issuer-wanted') {
      this.#events.wantsIssuer(message)
    } else if (message.type === 'failed') {
      this.ending = message.error.message
      this.#fail(errorOf(message.error))
    } else if (message.type === 'reweighed') {
      this.#events.reweighed(this, message.cut)
    } else if (message.type === 'memory') {
      this.isShort = message.isShort
      this.#events.memoryTurned(this, message)
    } else if (message.type === 'ending') {
      this.cutCallers = message.cut
    } else {
      this.#progressed(message.type)
    }
  }

  #progressed(to: 'ready' | 'accepting' | 'retired'): void {
    if (to === 'retired') return this.#retired.resolve()
    if (this.state !== 'retiring' && this.state !== 'gone') this.state = to
    if (to === 'ready') this.#ready.resolve()
    else this.#accepting.resolve()
    if (to === 'accepting') this.#events.accepting()
  }

  #fail(error: SidecarError): void {
    this.#ready.reject(error)
    this.#accepting.reject(error)
  }

  /** The process is gone, but its last words, callers among them, may still wait in the channel. */
  #ended(how: string): void {
    if (!this.end.connected) return this.#exited(how)
    const patience = setTimeout(() => this.#exited(how), LAST_WORDS_MS)
    this.end.once('disconnect', () => {
      clearTimeout(patience)
      this.#exited(how)
    })
  }

  #exited(how: string): void {
    if (this.state === 'gone') return
    this.state = 'gone'
    if (this.ending === '') this.ending = how
    this.#fail(new SidecarError('OPERATOR_GENERATION_FAILED', `worker ${this.pid} died while starting: ${how}`))
    this.#retired.resolve()
    this.#gone.resolve()
    this.#events.exited(this)
  }
}

const LAST_WORDS_MS = 500
const KILL_AFTER_MS = 1000
