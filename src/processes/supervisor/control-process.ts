/**
 * The control process as the supervisor sees it: forked, talked to, and started again for ever when it dies, since
 * traffic does not depend on it but every change does. It may also stand still (stopped, swapped out, busy): whatever
 * workers and the clock keep sending it has a bound here, so that a pipe nobody reads does not fill this process instead.
 */
import type { ChildProcess } from 'node:child_process'
import type { Totals } from '../../observe/tally.ts'
import type { TcpHandle } from '../../wire/raw-handle.ts'
import { sendOver } from '../channel.ts'
import type { FromControl, IssuerWanted, Overview, RevocationWanted, ToControl } from '../messages.ts'
import type { Noted } from '../worker/sighting-notes.ts'
import { usesIn } from '../worker/token-notes.ts'
import { BackOff } from './back-off.ts'
import { NewestMessages } from './newest-messages.ts'

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
  #newest = new NewestMessages<ToControl>(async () => {})
  #underWay = { notes: 0, wanted: 0 }
  #notesDropped = 0
  #accessDropped = 0
  #usesLost = 0

  constructor(fork: () => ChildProcess, events: ControlEvents) {
    this.#fork = fork
    this.#events = events
  }

  start(): void {
    this.#startedMs = performance.now()
    const child = this.#fork()
    this.#child = child
    this.#underWay = { notes: 0, wanted: 0 }
    this.#newest = new NewestMessages((message) => sendOver(child, message))
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

  /** Sends what must arrive, and in its order. */
  send(message: ToControl, handle?: TcpHandle): void {
    this.#newest.flush()
    if (this.#child !== undefined) void sendOver(this.#child, message, handle)
  }

  /** Sends a line for the log; while there is no control process it is kept for the next one. */
  log(event: ToControl & { type: 'event' }): void {
    if (this.#child?.connected) return this.send(event)
    this.#unlogged = [...this.#unlogged.slice(1 - UNLOGGED_MAX), event]
  }

  /** Passes on what a worker has counted so far. */
  counted(worker: number, totals: Totals): void {
    this.#newest.put(`counters of ${worker}`, { type: 'counters', worker, totals })
  }

  /** Tells which generations there are. */
  overview(overview: Overview): void {
    this.#newest.put('generations', { type: 'generations', overview })
  }

  /** Passes a wish on. One that finds too many before it is lost: whoever waits for the answer does not wait for ever. */
  wanted(wanted: IssuerWanted | (RevocationWanted & { readonly worker: number })): void {
    this.#offer('wanted', wanted)
  }

  /** Passes notes on; what control is too slow to take, or not there to take, is lost, and the next notes say how much. */
  note({ access, tokens, ...noted }: Noted): void {
    const dropped = noted.dropped + this.#notesDropped
    const skipped = (access?.skipped ?? 0) + this.#accessDropped
    const records = access?.records ?? []
    const lost = (tokens?.lost ?? 0) + this.#usesLost
    const told = {
      ...(records.length + skipped > 0 && { access: { records, skipped } }),
      ...((tokens !== undefined || lost > 0) && { tokens: { notes: tokens?.notes ?? [], lost } }),
    }
    const isOffered = this.#offer('notes', { type: 'noted', noted: { ...noted, dropped, ...told } })
    this.#notesDropped = isOffered ? 0 : dropped + noted.sightings.length
    this.#accessDropped = isOffered ? 0 : skipped + records.length
    this.#usesLost = isOffered ? 0 : this.#usesLost + usesIn(tokens)
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

  /** Sends what may be lost; answers whether it was sent. */
  #offer(kind: keyof typeof underWayMax, message: ToControl): boolean {
    const [child, underWay] = [this.#child, this.#underWay]
    if (!child?.connected || underWay[kind] >= underWayMax[kind]) return false
    underWay[kind] += 1
    void sendOver(child, message).then(() => {
      underWay[kind] -= 1
    })
    return true
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
/** Notes come twice a second and hold up to megabytes; wishes are small, and as many as there are handshakes. */
const underWayMax = { notes: 32, wanted: 1000 } as const
const KILL_AFTER_MS = 2000
const LONGEST_WAIT_MS = 5000
