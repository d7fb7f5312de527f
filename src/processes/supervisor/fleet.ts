/**
 * All generations of workers and the sockets they listen on: which one is live, which one is being prepared, which
 * ones still finish. The swap is here, and its order is the promise of the product: the new workers accept, then the
 * old ones stop, then their idle callers move over; a listening socket is never closed in between.
 */
import type { ChildProcess } from 'node:child_process'
import crypto from 'node:crypto'
import type { IntoleranceMark } from '../../backend/dial/hybrid-tolerance.ts'
import { SidecarError } from '../../errors.ts'
import type { EventName } from '../../observe/event-names.ts'
import type { Totals } from '../../observe/tally.ts'
import type { Fact } from '../../revocation/revocation-book.ts'
import type { TunnelFate } from '../../settings/settings.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { IssuerFact } from '../../truststore/issuer-book.ts'
import { recordOf } from '../error-record.ts'
import { HandOver } from '../hand-over.ts'
import type { FromControl, IssuerWanted, Overview, RevocationWanted } from '../messages.ts'
import type { Noted } from '../worker/sighting-notes.ts'
import { AddressNews } from './address-news.ts'
import { Generation } from './generation.ts'
import { sentenceOf } from './generation-sentences.ts'
import { KnownFacts } from './known-facts.ts'
import { LearnedIntolerance } from './learned-intolerance.ts'
import { entranceAddresses, Listeners } from './listeners.ts'
import { Standby } from './standby.ts'
import type { PassedSockets } from './systemd-sockets.ts'
import { WorkerProcess } from './worker-process.ts'

/** What the fleet needs from its surroundings, and what it tells them. */
export interface FleetEvents {
  /** Whether workers colour pretty log lines. */
  readonly color: boolean
  /** What systemd listens on for us. */
  readonly passed: PassedSockets
  forkWorker(): ChildProcess
  counted(worker: WorkerProcess, counters: Totals): void
  workerGone(worker: WorkerProcess): void
  noted(noted: Noted): void
  wantsRevocation(worker: WorkerProcess, wanted: RevocationWanted): void
  wantsIssuer(wanted: IssuerWanted): void
  /** Generations or workers changed. */
  changed(): void
  log(name: EventName, message: string, fields: Readonly<Record<string, unknown>>): void
}

export class Fleet {
  readonly #events: FleetEvents
  readonly #listeners: Listeners
  readonly #news: AddressNews
  readonly #standby: Standby
  /** Ours alone, so that two instances in a row are not taken for a loop, and the same in all generations. */
  readonly #via = `vedette-${crypto.randomBytes(4).toString('hex')}`
  readonly #handOver = new HandOver<WorkerProcess>(() =>
    this.#live === undefined ? [] : [...this.#live.workers].filter((worker) => worker.takesCallers),
  )
  readonly #intolerance = new LearnedIntolerance()
  readonly #revocation = new KnownFacts<Fact>()
  readonly #issuers = new KnownFacts<IssuerFact>()
  readonly #draining = new Set<Generation>()
  #live: Generation | undefined
  #prepared: Generation | undefined
  #lastGeneration = 0
  #cutCallers = 0
  #stopping = false

  constructor(events: FleetEvents) {
    this.#events = events
    this.#listeners = new Listeners(events.passed)
    this.#standby = new Standby({ fork: () => events.forkWorker() })
    this.#news = new AddressNews((name, message, fields) => events.log(name, message, fields))
  }

  get running(): { snapshot: Snapshot; lastGeneration: number } | undefined {
    return this.#live && { snapshot: this.#live.snapshot, lastGeneration: this.#lastGeneration }
  }

  get overview(): Overview {
    const generations = [...this.#draining, this.#live, this.#prepared].filter((one) => one !== undefined)
    return {
      addresses: this.#listeners.addresses,
      generations: generations.map((generation) => generation.overview),
      crashLoop: this.#live?.crashLoop ?? false,
      intolerant: this.#intolerance.marks,
    }
  }

  /** Tells whether a worker that takes new callers has given a sign of life within this time. */
  isHeard(withinMs: number): boolean {
    const sinceMs = performance.now() - withinMs
    return [...(this.#live?.workers ?? [])].some(({ takesCallers, heardMs }) => takesCallers && heardMs >= sinceMs)
  }

  /** Starts a generation beside the live one; throws with the reason when it does not become ready. */
  async prepare(snapshot: Snapshot): Promise<void> {
    this.abandon()
    this.#lastGeneration = Math.max(this.#lastGeneration, snapshot.generation)
    await this.#listeners.prepare(entranceAddresses(snapshot.settings))
    if (this.#stopping) throw new SidecarError('INTERNAL_DRAINING', 'the instance is shutting down')
    const next = this.#newGeneration(snapshot)
    this.#prepared = next
    this.#log('generation.starting', next)
    try {
      await next.start()
    } catch (error) {
      this.#log('generation.failed', next, { error: recordOf(error) })
      // It may have been abandoned meanwhile, and another one prepared.
      if (this.#prepared === next) this.abandon()
      // Before the answer, on the same channel: whoever hears of the failure does not see the failed one any more.
      this.#events.changed()
      throw error
    }
    this.#events.changed()
  }

  /** Ends the prepared generation and closes what only it would have listened on. */
  abandon(): void {
    this.#prepared?.kill()
    this.#prepared = undefined
    this.#listeners.keepOnly(this.#live === undefined ? [] : entranceAddresses(this.#live.snapshot.settings))
  }

  /** Puts the prepared generation into force; when it resolves, no request begins under an older one. */
  async swap(tunnels: TunnelFate): Promise<void> {
    const next = this.#prepared
    if (next === undefined) throw new SidecarError('OPERATOR_GENERATION_FAILED', 'no generation is prepared')
    try {
      await next.accept()
    } catch (error) {
      this.abandon()
      throw error
    }
    const old = this.#live
    this.#live = next
    this.#prepared = undefined
    this.#handOver.flush()
    if (old !== undefined) {
      await this.#retire(old)
      const hasRoom = !this.#stopping && !this.#workers().some(({ isShort }) => isShort)
      if (hasRoom) this.#standby.changed(next.snapshot.settings.workers)
    }
    if (tunnels === 'cut') for (const generation of this.#draining) generation.reweigh(next.snapshot)
    this.#listeners.keepOnly(entranceAddresses(next.snapshot.settings))
    this.#news.tell(this.#listeners)
    this.#log('generation.active', next)
    this.#events.changed()
  }

  /** Takes nobody new, lets what is under way end until the drain deadline; answers how many callers were cut. */
  async stop(): Promise<number> {
    this.#stopping = true
    this.#standby.dismiss()
    this.abandon()
    this.#cutCallers = 0
    this.#handOver.close()
    if (this.#live !== undefined) {
      this.#draining.add(this.#live)
      void this.#live.retire({ handOver: false })
    }
    this.#live = undefined
    this.#listeners.keepOnly([])
    await Promise.all([...this.#draining].map((generation) => generation.gone))
    return this.#cutCallers
  }

  /** Ends the drain now. */
  cut(): void {
    for (const generation of this.#draining) generation.cut()
  }

  /** Ends everything, ready or not. */
  kill(): void {
    this.#standby.dismiss()
    for (const generation of [...this.#draining, this.#live, this.#prepared]) generation?.kill()
  }

  #newGeneration(snapshot: Snapshot): Generation {
    const listeners = this.#listeners.claim(entranceAddresses(snapshot.settings))
    const warm = this.#warmList()
    return new Generation(snapshot, {
      launch: (generation) => {
        const worker = this.#launch(generation)
        const intolerant = this.#intolerance.marks
        worker.pass({ type: 'revocation', news: this.#revocation.news })
        worker.pass({ type: 'issuers', news: this.#issuers.news })
        worker.begin(snapshot, { via: this.#via, color: this.#events.color, warm, intolerant, listeners })
        return worker
      },
      delayed: (generation, waitMs) => this.#log('worker.restart-delayed', generation, { waitMs }),
    })
  }

  async #retire(old: Generation): Promise<void> {
    this.#draining.add(old)
    const retired = old.retire({ handOver: true })
    void old.gone.then(() => this.#retired(old))
    // A worker that hangs must not hold up the change; the drain deadline ends it.
    const patience = Promise.withResolvers<void>()
    const timer = setTimeout(patience.resolve, RETIRE_PATIENCE_MS)
    await Promise.race([retired, patience.promise])
    clearTimeout(timer)
  }

  #retired(old: Generation): void {
    this.#draining.delete(old)
    this.#log('generation.retired', old)
    this.#events.changed()
  }

  #launch(generation: Generation): WorkerProcess {
    const worker = new WorkerProcess(this.#standby.take(), {
      caller: (caller) => this.#handOver.pass(caller),
      report: (worker, counters) => this.#events.counted(worker, counters),
      noted: (noted) => this.#events.noted(noted),
      learned: (worker, intolerant) => this.#learned(worker, intolerant),
      wantsRevocation: (worker, wanted) => this.#events.wantsRevocation(worker, wanted),
      wantsIssuer: (wanted) => this.#events.wantsIssuer(wanted),
      accepting: () => this.#handOver.flush(),
      reweighed: (worker, cut) => {
        if (cut > 0) this.#log('generation.reweighed', generation, { worker: worker.pid, cut })
      },
      memoryTurned: (worker, { isShort, detail }) => {
        if (isShort) this.#standby.dismiss()
        this.#log(isShort ? 'memory.short' : 'memory.recovered', generation, { worker: worker.pid, detail })
      },
      exited: (worker) => this.#exited(worker, generation),
    })
    const ready = () => this.#log('worker.ready', generation, { worker: worker.pid })
    worker.ready.then(ready, () => {})
    return worker
  }

  /** Tells the others, and the log, what one worker found out. */
  #learned(from: WorkerProcess, intolerant: readonly IntoleranceMark[]): void {
    const news = this.#intolerance.take(intolerant)
    if (news.length === 0) return
    for (const worker of this.#workers()) if (worker !== from) worker.learn(news)
    for (const { authority, untilMs } of news) {
      const until = new Date(untilMs).toISOString()
      const message = `${authority} breaks off when post-quantum groups are offered: it gets none until ${until}`
      this.#events.log('backend.intolerant', message, { backend: authority, until })
    }
    this.#events.changed()
  }

  /** Tells every worker what control has learnt, and keeps it for those that start later. */
  spread(learnt: FromControl & { type: 'revocation' | 'issuers' }): void {
    if (learnt.type === 'revocation') this.#revocation.take(learnt.news)
    else this.#issuers.take(learnt.news)
    for (const worker of this.#workers()) worker.pass(learnt)
  }

  /** Tells one worker that its questions about revocation have been looked into. */
  answered({ worker: number, request }: { readonly worker: number; readonly request: number }): void {
    for (const worker of this.#workers()) {
      if (worker.number === number) worker.pass({ type: 'revocation-answered', request })
    }
  }

  #workers(): readonly WorkerProcess[] {
    return [...this.#draining, this.#live, this.#prepared].flatMap((generation) => [...(generation?.workers ?? [])])
  }

  #exited(worker: WorkerProcess, generation: Generation): void {
    const { pid, ending, cutCallers } = worker
    this.#log(worker.dismissed ? 'worker.exited' : 'worker.died', generation, { worker: pid, ending })
    if (cutCallers > 0) this.#log('generation.cut', generation, { worker: pid, callers: cutCallers })
    this.#cutCallers += cutCallers
    generation.lost(worker)
    this.#handOver.lost(worker)
    this.#events.workerGone(worker)
    this.#events.changed()
  }

  #log(name: EventName, generation: Generation, fields: Readonly<Record<string, unknown>> = {}): void {
    const { number, snapshot } = generation
    this.#events.log(name, sentenceOf(name, number), {
      generation: number,
      version: snapshot.version,
      ...fields,
    })
  }

  /** The destinations most in use, taken in turn from each worker's own list. */
  #warmList(): readonly string[] {
    const lists = [...(this.#live?.workers ?? [])].map((worker) => worker.warm)
    const longest = Math.max(0, ...lists.map((list) => list.length))
    const inTurn = Array.from({ length: longest }, (_, place) => lists.flatMap((list) => list[place] ?? []))
    return [...new Set(inTurn.flat())].slice(0, WARM_MAX)
  }
}

const RETIRE_PATIENCE_MS = 2000
const WARM_MAX = 50
