/**
 * The request side of the load: a fixed number of requests a second, due at even intervals whatever the answers do,
 * over connections taken in turn (so that each is idle now and then), and some over a connection of their own.
 */
import { nowMs } from './clock.ts'
import { KeepAliveCaller } from './keep-alive-caller.ts'
import { makeQuestion, type QuestionKind } from './question.ts'
import type { RequestEntry } from './request-log.ts'

export interface RequestLoadOptions {
  readonly proxyPort: number
  readonly authority: string
  /** Requests a second over kept connections. */
  readonly rate: number
  readonly connections: number
  /** Requests a second that each open a connection and close it again. */
  readonly freshPerSecond: number
  readonly over: (entry: RequestEntry) => void
}

interface Due {
  readonly dueMs: number
  readonly kind: QuestionKind | undefined
}

const TICK_MS = 1
const WAITING_MAX = 5_000

export class RequestLoad {
  /** Connections the proxy closed while nothing was under way on them: no failure, but each a race a caller may lose. */
  closedIdle = 0
  /** Connections the proxy ended after announcing it with an answer. */
  closedAnnounced = 0
  /** Requests that were due but had no free connection for seconds: the proxy, or the machine, is too slow. */
  notSent = 0
  readonly #options: RequestLoadOptions
  readonly #callers = new Set<KeepAliveCaller>()
  #idle: KeepAliveCaller[] = []
  #waiting: Due[] = []
  #underWay = 0
  #id = 0
  #timer: NodeJS.Timeout | undefined
  #stopping = false
  #startMs = 0
  #due = 0
  #dueFresh = 0

  constructor(options: RequestLoadOptions) {
    this.#options = options
  }

  start(): void {
    for (let n = 0; n < this.#options.connections; n++) this.#connect()
    this.#startMs = nowMs()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Asks no more, waits for what is under way, closes all connections. */
  async stop(waitMs: number): Promise<void> {
    clearInterval(this.#timer)
    this.#stopping = true
    this.notSent += this.#waiting.length
    this.#waiting = []
    const giveUpAt = nowMs() + waitMs
    while (this.#underWay > 0 && nowMs() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 10))
    for (const caller of this.#callers) caller.close()
  }

  #tick(): void {
    const now = nowMs()
    const { rate, freshPerSecond } = this.#options
    for (; this.#dueAt(this.#due, rate) <= now; this.#due++) {
      this.#waiting.push({ dueMs: this.#dueAt(this.#due, rate), kind: undefined })
    }
    for (; this.#dueAt(this.#dueFresh, freshPerSecond) <= now; this.#dueFresh++) {
      this.#askFresh(this.#dueAt(this.#dueFresh, freshPerSecond))
    }
    // What could not be sent for seconds is given up, so that a machine too slow for the rate still ends its run.
    const late = this.#waiting.length - WAITING_MAX
    if (late > 0) this.notSent += this.#waiting.splice(0, late).length
    this.#askWaiting()
  }

  #dueAt(count: number, perSecond: number): number {
    return perSecond === 0 ? Number.POSITIVE_INFINITY : this.#startMs + (count / perSecond) * 1000
  }

  #askWaiting(): void {
    while (this.#waiting.length > 0) {
      const caller = this.#idle.shift()
      if (caller === undefined) return
      const { dueMs, kind } = this.#waiting.shift() as Due
      this.#underWay += 1
      caller.ask(makeQuestion(++this.#id, this.#options.authority, kind), dueMs)
    }
  }

  #connect(): void {
    if (this.#stopping) return
    const caller = new KeepAliveCaller(this.#options.proxyPort, {
      over: (entry) => this.#over(entry),
      idle: (idle) => {
        this.#idle.push(idle)
        this.#askWaiting()
      },
      gone: (lost, unasked) => {
        this.#callers.delete(lost)
        this.#idle = this.#idle.filter((one) => one !== lost)
        if (unasked) this.closedIdle += 1
        else this.closedAnnounced += 1
        // A short wait, so that a proxy that is down is not hammered with a connection a microsecond.
        setTimeout(() => this.#connect(), TICK_MS)
      },
    })
    this.#callers.add(caller)
  }

  #askFresh(dueMs: number): void {
    this.#underWay += 1
    const question = makeQuestion(++this.#id, this.#options.authority, 'get-fresh')
    let asked = false
    const caller: KeepAliveCaller = new KeepAliveCaller(this.#options.proxyPort, {
      over: (entry) => this.#over(entry),
      idle: () => {
        if (asked) return caller.close()
        asked = true
        caller.ask(question, dueMs)
      },
      gone: (_lost, unasked) => {
        // Refused or closed before it could ask: a caller who opens a connection to ask has failed all the same.
        if (!unasked || asked) return
        const { id, kind, method } = question
        this.#over({ id, kind, method, port: 0, dueMs, sentMs: nowMs(), endMs: nowMs(), failure: 'could not connect' })
      },
    })
  }

  #over(entry: RequestEntry): void {
    this.#underWay -= 1
    this.#options.over(entry)
  }
}
