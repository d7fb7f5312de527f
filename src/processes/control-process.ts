/**
 * The control process as the supervisor sees it: forked, talked to, and started again for ever when it dies, since
 * traffic does not depend on it but every change does.
 */
import type { ChildProcess } from 'node:child_process'
import type { TcpHandle } from '../wire/raw-handle.ts'
import { BackOff } from './back-off.ts'
import { sendOver } from './channel.ts'
import type { FromControl, ToControl } from './messages.ts'
import type { Noted } from './sighting-notes.ts'
import { type TokenNews, usesIn } from './token-notes.ts'

/** What the control process needs from the supervisor, and what it tells it. */
export interface ControlEvents {
  /** A control process was started and waits for its first messages. */
  started(): void
  heard(message: FromControl): void
  /** It died; answers whether to start another one. */
  died(how: string): boolean
}

export class ControlProcess {
  readonly #fork: () => ChildProcess
  readonly #events: ControlEvents
  readonly #backOff = new BackOff(LONGEST_WAIT_MS)
  #child: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #startedMs = 0
  #unlogged: ToControl[] = []
  #notesUnderWay = 0
  #notesDropped = 0
  #usesLost = 0

  constructor(fork: () => ChildProcess, events: ControlEvents) {
    this.#fork = fork
    this.#events = events
  }

  start(): void {
    this.#startedMs = performance.now()
    const child = this.#fork()
    this.#child = child
    this.#notesUnderWay = 0
    child.on('message', (message) => this.#events.heard(message as FromControl))
    child.once('exit', (code, signal) => this.#died(child, signal ?? `exit code ${code}`))
    child.on('error', (error) => {
      if (child.pid === undefined) this.#died(child, error.message)
    })
    this.#events.started()
    for (const event of this.#unlogged.splice(0)) this.send(event)
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  send(message: ToControl, handle?: TcpHandle): void {
    if (this.#child !== undefined) void sendOver(this.#child, message, handle)
  }

  /** Sends a line for the log; while there is no control process it is kept for the next one. */
  log(event: ToControl & { type: 'event' }): void {
    if (this.#child?.connected) return this.send(event)
    this.#unlogged = [...this.#unlogged.slice(1 - UNLOGGED_MAX), event]
  }

  /** Passes notes on; what control is too slow to take, or not there to take, is lost, and the next notes say how much. */
  note(noted: Noted): void {
    const child = this.#child
    if (!child?.connected || this.#notesUnderWay >= NOTES_UNDER_WAY_MAX) {
      this.#notesDropped += noted.sightings.length + noted.dropped
      this.#usesLost += usesIn(noted.tokens)
      return
    }
    const dropped = noted.dropped + this.#notesDropped
    this.#notesDropped = 0
    const tokens = this.#withLost(noted.tokens)
    this.#notesUnderWay += 1
    const sent = { ...noted, dropped, ...(tokens && { tokens }) }
    void sendOver(child, { type: 'noted', noted: sent } satisfies ToControl).then(() => {
      if (this.#child === child) this.#notesUnderWay -= 1
    })
  }

  /** Ends it for good; it closes its files by itself when the channel closes, and is killed if it does not. */
  async end(): Promise<void> {
    clearTimeout(this.#restart)
    const child = this.#child
    if (child === undefined) return
    this.#child = undefined
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const killing = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
    if (child.connected) child.disconnect()
    await gone
    clearTimeout(killing)
  }

  #withLost(tokens: TokenNews | undefined): TokenNews | undefined {
    const lost = this.#usesLost + (tokens?.lost ?? 0)
    this.#usesLost = 0
    return tokens === undefined && lost === 0 ? undefined : { notes: tokens?.notes ?? [], lost }
  }

  #died(child: ChildProcess, how: string): void {
    if (this.#child !== child) return
    this.#child = undefined
    if (!this.#events.died(how)) return
    const nowMs = performance.now()
    const wait = this.#backOff.died({ nowMs, livedMs: nowMs - this.#startedMs })
    this.#restart = setTimeout(() => this.start(), wait)
  }
}

const UNLOGGED_MAX = 100
const NOTES_UNDER_WAY_MAX = 32
const KILL_AFTER_MS = 2000
const LONGEST_WAIT_MS = 5000
