/**
 * The verified connections to one backend under one rule. Last in, first out, so that those not needed grow old at
 * the bottom. The rules of this file: take() and put() run for every request, so they allocate nothing and set no
 * timer; a connection is a member from its dial to its drop, idle or not, and members never exceed the limit; a peer
 * that says anything while nobody asked is not one to reuse (a second answer would be taken for the next one's).
 */
import { SidecarError } from '../errors.ts'
import type { Deadlines, Watched } from '../wire/deadlines.ts'
import type { WireReader } from '../wire/wire.ts'
import { DialPace } from './dial-pace.ts'
import type { VerifiedBackend } from './verified-backend.ts'
import type { VerifiedDial } from './verify.ts'
import { Waiter } from './waiter.ts'

export interface PoolOptions {
  readonly authority: string
  dial(): Promise<VerifiedDial>
  /** Called when a pool that was put to rest is needed again. */
  woken(pool: Pool): void
  readonly deadlines: Deadlines
  readonly connectionsMax: number
  /** How long an idle connection is kept. */
  readonly pooledMs: number
  /** How long a request waits in line when the limit is reached. */
  readonly waitMs: number
  readonly now: () => number
}

const LINE_MAX = 1000

export class Pool {
  readonly authority: string
  /** How many requests it has served: who is most used is warmed first. */
  uses = 0
  readonly #options: PoolOptions
  readonly #members = new Map<VerifiedBackend, Member>()
  readonly #idle: Member[] = []
  readonly #line: Waiter[] = []
  readonly #pace = new DialPace()
  #dialling = 0
  #state: 'open' | 'resting' | 'closed' = 'open'

  constructor(options: PoolOptions) {
    this.#options = options
    this.authority = options.authority
  }

  /** Connections there are, idle and taken. */
  get size(): number {
    return this.#members.size
  }

  get idle(): number {
    return this.#idle.length
  }

  /** Tells whether nothing would be lost by forgetting this pool. */
  get isUnused(): boolean {
    return this.#members.size === this.#idle.length && this.#dialling === 0 && this.#line.length === 0
  }

  /** The most recently used idle connection, taken out; undefined when there is none. */
  take(): VerifiedBackend | undefined {
    for (;;) {
      const member = this.#idle.pop()
      if (member === undefined) return undefined
      member.deadline = 0
      if (member.backend.wire.destroyed) continue
      this.uses += 1
      return member.backend
    }
  }

  /**
   * Dials and verifies one more, also when some are idle: whoever comes here has found none, or one that was dead, and
   * the others may be as dead. At the limit it takes an idle one, or waits in line; and where many dials are under way,
   * it waits until one of them or a connection that comes back makes room. Throws as `verify` does, or INTERNAL_AT_LIMIT.
   */
  async open(): Promise<VerifiedBackend> {
    if (this.#state === 'closed') throw closing()
    this.#wake()
    const idle = this.#room === 0 ? this.take() : undefined
    if (idle !== undefined) return idle
    this.uses += 1
    return this.#mayDial ? await this.#dial() : await this.#waitInLine()
  }

  /** Gives one back for reuse; whatever the backend does while it is idle destroys it. */
  put(backend: VerifiedBackend): void {
    const member = this.#members.get(backend)
    const goodForMs = member === undefined ? 0 : member.validUntilMs - this.#options.now()
    if (member === undefined || goodForMs <= 0 || !this.#isReusable(member)) {
      backend.wire.destroy()
      if (member !== undefined) this.forget(member)
      return
    }
    // Whoever had it may have stopped reading; unread, the end of the connection would go unnoticed.
    backend.wire.resume()
    // Also before a waiter has it in hand: what the backend says until then is as unasked for as at any other time.
    backend.wire.reader = member
    const waiter = this.#line.shift()
    if (waiter !== undefined) return waiter.serve(backend)
    const { deadlines, pooledMs } = this.#options
    member.deadline = deadlines.after(Math.min(pooledMs, goodForMs))
    this.#idle.push(member)
  }

  /** Says that one taken out is not coming back. */
  drop(backend: VerifiedBackend): void {
    const member = this.#members.get(backend)
    if (member !== undefined) this.forget(member)
  }

  /** Closes what is idle and keeps nothing until it is needed again. */
  rest(): void {
    if (this.#state === 'open') this.#state = 'resting'
    this.#closeIdle()
  }

  /** Closes what is idle, and what is taken as soon as it comes back; nothing is dialled any more. */
  close(): void {
    this.#state = 'closed'
    this.#closeIdle()
    for (const waiter of this.#line.splice(0)) waiter.refuse(closing())
  }

  /** Ends members whose certificate has become known as revoked: the idle now, those in use when they come back. */
  dropRevoked(): void {
    for (const member of [...this.#members.values()]) {
      if (!member.isRevoked()) continue
      member.validUntilMs = 0
      if (!this.#idle.includes(member)) continue
      member.backend.wire.destroy()
      this.forget(member)
    }
  }

  /** A member that is gone makes room for the next in line. */
  forget(member: Member): void {
    if (!this.#members.delete(member.backend)) return
    this.#options.deadlines.unwatch(member)
    const at = this.#idle.indexOf(member)
    if (at !== -1) this.#idle.splice(at, 1)
    this.#serveLine()
  }

  /** Takes a waiter whose time is up out of the line. */
  leaveLine(waiter: Waiter): void {
    const at = this.#line.indexOf(waiter)
    if (at !== -1) this.#line.splice(at, 1)
  }

  /** How many more may be dialled. */
  get #room(): number {
    return Math.max(0, this.#options.connectionsMax - this.#members.size - this.#dialling)
  }

  get #mayDial(): boolean {
    return this.#room > 0 && this.#pace.allows(this.#dialling)
  }

  #isReusable({ backend }: Member): boolean {
    const { wire } = backend
    // Something unsent means that the last request was not taken whole: the next one would be read as its rest.
    return this.#state === 'open' && !wire.destroyed && wire.pending === 0
  }

  async #dial(): Promise<VerifiedBackend> {
    this.#dialling += 1
    let dial: VerifiedDial
    try {
      dial = await this.#options.dial()
    } catch (thrown) {
      this.#dialling -= 1
      this.#serveLine()
      throw thrown
    }
    this.#dialling -= 1
    const { backend } = dial
    if (this.#state === 'closed') {
      backend.wire.destroy()
      throw closing()
    }
    const member = new Member(this, dial)
    this.#members.set(backend, member)
    this.#options.deadlines.watch(member)
    this.#serveLine()
    return backend
  }

  #waitInLine(): Promise<VerifiedBackend> {
    const { authority, connectionsMax, deadlines, waitMs } = this.#options
    // Those who find room wait for the pace alone, and are no crowd that has to be turned away.
    if (this.#line.length >= LINE_MAX + this.#room) {
      throw atLimit(authority, connectionsMax, `${LINE_MAX} requests wait already`)
    }
    const waiter = new Waiter(deadlines, performance.now() + waitMs, () => {
      this.leaveLine(waiter)
      if (this.#room > 0) this.#dialFor(waiter)
      else waiter.refuse(atLimit(authority, connectionsMax, `none came free within ${waitMs} ms`))
    })
    this.#line.push(waiter)
    this.#hurry()
    return waiter.served
  }

  /** Dials for those in line while there is room, one dial each. */
  #serveLine(): void {
    while (this.#line.length > 0 && this.#mayDial && this.#state !== 'closed')
      this.#dialFor(this.#line.shift() as Waiter)
    this.#hurry()
  }

  #dialFor(waiter: Waiter): void {
    waiter.stopWaiting()
    this.#dial().then(
      (backend) => waiter.serve(backend),
      (error) => waiter.refuse(error),
    )
  }

  /** Whoever waits though there is room waits for the pace, which gets faster for as long as that is so. */
  #hurry(): void {
    if (this.#line.length > 0 && this.#room > 0) this.#pace.waited(() => this.#serveLine())
  }

  #closeIdle(): void {
    for (const { backend } of [...this.#idle]) backend.wire.destroy()
    for (const member of [...this.#idle]) this.forget(member)
  }

  #wake(): void {
    if (this.#state !== 'resting') return
    this.#state = 'open'
    this.#options.woken(this)
  }
}

/** One connection of a pool; its reader and its deadline while it is idle. */
class Member implements WireReader, Watched {
  deadline = 0
  readonly backend: VerifiedBackend
  /** Moved to the past when the certificate turns out to be revoked. */
  validUntilMs: number
  readonly isRevoked: () => boolean
  readonly #pool: Pool

  constructor(pool: Pool, { backend, validUntilMs, isRevoked }: VerifiedDial) {
    this.#pool = pool
    this.backend = backend
    this.validUntilMs = validUntilMs
    this.isRevoked = isRevoked
  }

  bytes(): void {
    this.#end()
  }

  ended(): void {
    this.#end()
  }

  drained(): void {}

  closed(): void {
    this.#pool.forget(this)
  }

  expired(): void {
    this.#end()
  }

  #end(): void {
    this.backend.wire.destroy()
    this.#pool.forget(this)
  }
}

function closing(): SidecarError {
  return new SidecarError('INTERNAL_DRAINING', 'the connections to backends are closed')
}

function atLimit(authority: string, connectionsMax: number, what: string): SidecarError {
  const message = `${connectionsMax} connections to ${authority} are open (limits.backendConnections), ${what}`
  return new SidecarError('INTERNAL_AT_LIMIT', message, { details: { authority } })
}
