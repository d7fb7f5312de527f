/**
 * The role that carries traffic: one snapshot in, then callers until it is told to stop. It loads nothing that traffic
 * does not need (no parser of documents, no database, no logger library): see test/processes/worker-modules.test.ts.
 */
import { Backends } from '../../backend/backends.ts'
import type { IntoleranceMark } from '../../backend/dial/hybrid-tolerance.ts'
import { createAccessLog } from '../../observe/access-line.ts'
import type { AccessRecord } from '../../observe/access-record.ts'
import { AccessSample } from '../../observe/access-sample.ts'
import { createAccessCounter } from '../../observe/count-access.ts'
import { createCounters } from '../../observe/counters.ts'
import type { LineWriter } from '../../observe/line-writer.ts'
import { writeToStandardOutput } from '../../observe/standard-output.ts'
import type { Policy } from '../../policy/policy.ts'
import type { News } from '../../revocation/revocation-book.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import { IssuerBook } from '../../truststore/issuer-book.ts'
import { Deadlines } from '../../wire/deadlines.ts'
import { acceptOn, type TcpHandle } from '../../wire/raw-handle.ts'
import { sendOver } from '../channel.ts'
import { recordOf } from '../error-record.ts'
import { earlyBytes, giveOver } from '../hand-over.ts'
import type { FromWorker, ToWorker } from '../messages.ts'
import { outliveGroupSignals } from '../signals.ts'
import type { EntranceListener } from '../supervisor/listeners.ts'
import { Entrances } from './entrances.ts'
import { MemoryGuard } from './memory/memory-guard.ts'
import { RevocationLine } from './revocation-line.ts'
import { SightingNotes } from './sighting-notes.ts'
import { TokenNotes } from './token-notes.ts'

/** Begins to listen to the supervisor; the process lives from here on by what it is told. */
export function startWorker(): void {
  process.title = 'vedette worker (waits for a generation)'
  const worker = new Worker()
  outliveGroupSignals()
  process.on('message', (message, handle) => worker.heard(message as ToWorker, handle as TcpHandle | undefined))
  process.once('disconnect', () => worker.orphaned())
}

class Worker {
  readonly #counters = createCounters()
  readonly #writer: LineWriter = writeToStandardOutput((lines) => this.#counters.logLinesDropped().add(lines))
  readonly #listeners: EntranceListener[] = []
  readonly #notes = new SightingNotes()
  readonly #tokens = new TokenNotes()
  readonly #sample = new AccessSample()
  readonly #revocation = new RevocationLine((message) => this.#tell(message))
  readonly #issuers = new IssuerBook((url) => this.#tell({ type: 'issuer-wanted', url }))
  readonly #memory = new MemoryGuard({ turned: (isShort, detail) => this.#memoryTurned(isShort, detail) })
  #backends: Backends | undefined
  #entrances: Entrances | undefined
  #reports: NodeJS.Timeout | undefined
  /** The version of the learned marks that the supervisor knows. */
  #learned = 0
  #accepting = false
  #ending = false

  heard(message: ToWorker, handle: TcpHandle | undefined): void {
    switch (message.type) {
      case 'begin':
        return void this.#begin(message)
      case 'listener':
        if (handle !== undefined) this.#listeners.push({ entrance: message.entrance, handle })
        return
      case 'accept':
        return this.#accept()
      case 'caller':
        return this.#takeOver(handle, message.early)
      case 'learn':
        return this.#learn(message.intolerant)
      case 'revocation':
        return this.#learnRevocation(message.news)
      case 'issuers':
        return this.#issuers.learn(message.news)
      case 'revocation-answered':
        return this.#revocation.answered(message.request)
      case 'retire':
        return this.#retire(message.handOver)
      case 'reweigh':
        return this.#reweigh(message.snapshot)
      case 'cut':
        return void this.#end(this.#entrances?.cut() ?? 0)
    }
  }

  /** The supervisor is gone, and with it everything that could tell us what to do: finish quickly. */
  orphaned(): void {
    this.#retire(false)
    setTimeout(() => process.exit(1), ORPHAN_MS).unref()
  }

  async #begin({ snapshot, warm, intolerant, via, color }: ToWorker & { type: 'begin' }): Promise<void> {
    try {
      process.title = `vedette worker (generation ${snapshot.generation})`
      const deadlines = new Deadlines()
      const writer = this.#writer
      const { format, level } = snapshot.settings.log
      const witness = this.#notes.note.bind(this.#notes)
      const revocation = this.#revocation.book
      const known = { intolerant, revocation, issuers: this.#issuers }
      const backends = new Backends({ snapshot, deadlines, counters: this.#counters, witness, ...known })
      const log = createAccessLog({ format, level, writer, color })
      const count = createAccessCounter({ counters: this.#counters, profileOf: profilesOf(snapshot.policy) })
      const finished = (record: AccessRecord): void => {
        log(record)
        count(record)
        this.#sample.note(record)
      }
      this.#backends = backends
      this.#learned = backends.tolerance.version
      this.#entrances = await Entrances.open({
        snapshot,
        deadlines,
        backends,
        via,
        finished,
        revocation,
        issuers: this.#issuers,
        tokenUsed: (use) => this.#tokens.note(use),
        shortage: () => this.#memory.shortage,
      })
      // Told to end while the code of services was loaded: nothing is to be dialled or watched any more.
      if (this.#ending) return
      this.#memory.start()
      this.#reports = setInterval(() => this.#report(), REPORT_MS).unref()
      await backends.warm(warm)
      this.#tell({ type: 'ready' })
    } catch (error) {
      this.#fail(error)
    }
  }

  #accept(): void {
    const entrances = this.#entrances
    if (entrances === undefined || this.#ending) return
    try {
      for (const { entrance, handle } of this.#listeners) {
        acceptOn(handle, (caller) => entrances.accept(entrance, caller))
      }
      this.#accepting = true
      this.#tell({ type: 'accepting' })
    } catch (error) {
      this.#fail(error)
    }
  }

  #takeOver(handle: TcpHandle | undefined, early: string): void {
    if (handle === undefined) return
    if (this.#entrances === undefined || this.#ending) handle.close()
    else this.#entrances.takeOver(handle, earlyBytes(early))
  }

  #retire(handOver: boolean): void {
    for (const { handle } of this.#listeners.splice(0)) handle.close()
    const entrances = this.#entrances
    // One that never accepted has nothing to finish.
    if (entrances === undefined || !this.#accepting) return void this.#end(0)
    // Said first, because it would wait in line behind callers that are given away; and true, since no request can
    // begin between these lines.
    this.#tell({ type: 'retired' })
    entrances.retire(handOver ? giveOver(process) : undefined, () => void this.#end(0))
  }

  #reweigh(newer: Snapshot): void {
    this.#backends?.rest()
    this.#tell({ type: 'reweighed', cut: this.#entrances?.reweigh(newer) ?? 0 })
  }

  #memoryTurned(isShort: boolean, detail: string): void {
    // Idle connections are memory that nobody would miss.
    if (isShort) this.#backends?.rest()
    this.#counters.workersShortOfMemory().set(isShort ? 1 : 0)
    this.#tell({ type: 'memory', isShort, detail })
  }

  #learnRevocation(news: News): void {
    // Pools hear of it from the book.
    this.#revocation.book.learn(news)
    const cut = this.#entrances?.revocationLearnt() ?? 0
    if (cut > 0) this.#tell({ type: 'reweighed', cut })
  }

  #report({ last = false } = {}): void {
    const load = this.#entrances?.load ?? { callers: 0, requests: 0, tunnels: 0 }
    const warm = this.#backends?.warmList(WARM_MAX) ?? []
    this.#tell({ type: 'report', load, warm, counters: this.#counters.snapshot() })
    this.#tellLearned()
    const noted = this.#notes.take(Date.now(), { all: last })
    const access = this.#sample.take()
    const tokens = this.#tokens.take(Date.now(), { all: last })
    if (noted === undefined && access === undefined && tokens === undefined) return
    const nothing = { sightings: [], exceptionUses: [], dropped: 0 }
    this.#tell({
      type: 'noted',
      noted: { ...(noted ?? nothing), ...(access && { access }), ...(tokens && { tokens }) },
    })
  }

  #learn(intolerant: readonly IntoleranceMark[]): void {
    const tolerance = this.#backends?.tolerance
    if (tolerance === undefined) return
    // Told before it is added to: what comes from outside is no news to the outside.
    this.#tellLearned()
    tolerance.learn(intolerant)
    this.#learned = tolerance.version
  }

  #tellLearned(): void {
    const tolerance = this.#backends?.tolerance
    if (tolerance === undefined || tolerance.version === this.#learned) return
    this.#learned = tolerance.version
    this.#tell({ type: 'learned', intolerant: tolerance.marks })
  }

  #fail(error: unknown): void {
    void sendOver(process, { type: 'failed', error: recordOf(error) }).then(() => this.#end(0))
  }

  async #end(cut: number): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    clearInterval(this.#reports)
    this.#memory.stop()
    this.#backends?.close()
    await this.#writer.close()
    this.#report({ last: true })
    // In order behind everything sent before, callers included: when this is out, all of it is.
    await sendOver(process, { type: 'ending', cut } satisfies FromWorker)
    process.exit(0)
  }

  #tell(message: FromWorker): void {
    void sendOver(process, message)
  }
}

/** Tells the default set that a rule follows, by the rule's name. */
function profilesOf({ rules, unlisted }: Policy): (rule: string) => string {
  const profiles = new Map([...rules, unlisted].map(({ name, tls }) => [name, tls.profile ?? tls.configuration]))
  return (rule) => profiles.get(rule) ?? ''
}

const REPORT_MS = 1000
const WARM_MAX = 50
/** How long requests under way may take to finish after the supervisor died. */
const ORPHAN_MS = 2000
