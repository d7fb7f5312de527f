/**
 * One caller connection: it reads heads, hands each request to the work it asks for, and goes on with the next
 * when the work is done. Bytes that nobody can take yet are held here, never more than one head's worth, and then
 * the caller is no longer read from. Answers leave in the order of the requests because there is one work at a time.
 */
import type { OpenConnection } from '../backend/judge/reweigh.ts'
import { SidecarError } from '../errors.ts'
import { findHeadEnd, refuseBrokenHead, skipLeadingEmptyLine } from '../http/head-end.ts'
import { parseRequestHead, type RequestHead } from '../http/request-head.ts'
import type { Watched } from '../wire/deadlines.ts'
import type { Wire, WireReader } from '../wire/wire.ts'
import type { EntranceCaller, EntranceContext, Give } from './entrance-context.ts'
import type { RequestRecord } from './request-record.ts'
import { syntaxFault } from './syntax-fault.ts'
import type { CallerConnection, Work } from './work.ts'

const NOTHING = Buffer.alloc(0)
/** How long a caller that is to leave is waited for; after a retirement also how long an idle one may still ask. */
const LINGER_MS = 500
/** One that goes on sending after its last answer is waited for until it has read it, but no longer than this. */
const LINGER_MAX_MS = 30_000

export class Caller implements CallerConnection, EntranceCaller, WireReader, Watched {
  deadline = 0
  readonly wire: Wire
  readonly #entrance: EntranceContext
  #held: Buffer = NOTHING
  #work: Work | undefined
  #consuming = false
  #ended = false
  #leaving = false
  /** By when one that leaves must be gone, whatever it still sends. */
  #lingerEnd = 0
  #give: Give | undefined
  #retired = false

  /** `wireFor` makes the wire that this caller reads. */
  constructor(entrance: EntranceContext, wireFor: (reader: WireReader) => Wire) {
    this.#entrance = entrance
    this.wire = wireFor(this)
    this.deadline = entrance.deadlines.after(entrance.timeouts.idleMs)
    entrance.deadlines.watch(this)
  }

  get busy(): boolean {
    return this.#work !== undefined
  }

  /** The backend connection that its request uses at this moment. */
  get held(): OpenConnection | undefined {
    return this.#work?.held
  }

  get lastAnswer(): boolean {
    return this.#ended || this.#leaving || (this.#retired && this.#give === undefined)
  }

  bytes(chunk: Buffer): void {
    if (this.#leaving) return this.#linger()
    const held = this.#held
    this.#consume(held.length === 0 ? chunk : Buffer.concat([held, chunk]))
  }

  ended(): void {
    this.#ended = true
    if (this.#leaving) this.wire.finish()
    else if (this.#work !== undefined) this.#work.callerEnded()
    else this.leave()
  }

  drained(): void {
    if (this.#work !== undefined) return this.#work.callerDrained()
    this.#awaitNext()
    this.pump()
  }

  closed(error: Error | undefined): void {
    const work = this.#work
    this.#work = undefined
    this.#leaving = true
    work?.callerClosed(error)
    this.#entrance.left(this)
  }

  expired(): void {
    if (this.#leaving) this.#giveUp()
    else if (this.#work !== undefined) this.#work.expired()
    else if (this.#held.length > 0)
      this.refuse(new SidecarError('CALLER_TIMEOUT', 'the request head did not arrive in time'))
    else this.leave()
  }

  pump(): void {
    if (!this.#consuming && !this.#leaving) this.#consume(this.#held)
  }

  done({ keep }: { keep: boolean }): void {
    this.#work = undefined
    if (!keep || this.lastAnswer) return this.leave()
    this.#awaitNext()
    if (this.#consuming) return
    if (this.#give !== undefined) return this.#moveAway()
    this.pump()
  }

  handOff(): Buffer {
    const ahead = this.#held
    this.#held = NOTHING
    this.#work = undefined
    this.#leaving = true
    this.deadline = 0
    return ahead
  }

  /** Answers a request that got no further than its head, and closes. */
  refuse(error: SidecarError, record: RequestRecord = this.#entrance.newRecord(this)): void {
    record.fail(error)
    this.wire.write(record.errorReply(error, { close: true, bodyless: record.access.method === 'HEAD' }))
    this.#entrance.finished(record)
    this.leave()
  }

  /** Closes once what has been written is out; the rest of what the caller sends is not wanted. */
  leave(): void {
    if (this.#leaving) return
    this.#leaving = true
    this.#work = undefined
    this.#held = NOTHING
    // Closing at once with unread bytes makes the kernel send a reset that can destroy the answer on its way.
    // So: half-close, let the caller read and leave, and give up on it at the deadline.
    // A slow reader has the idle time for what is unsent; the wait for its own end begins after that.
    this.deadline = performance.now() + this.#entrance.timeouts.idleMs
    this.wire.resume()
    this.wire.flushed(() => {
      this.#lingerEnd = performance.now() + LINGER_MAX_MS
      this.#linger()
    })
    if (this.#ended) this.wire.finish()
    else this.wire.end()
  }

  /** Ends at once whatever is under way, at the drain deadline or for the reason given. */
  cut(reason?: SidecarError): void {
    const work = this.#work
    this.#work = undefined
    this.#leaving = true
    work?.cut(reason)
    this.wire.reset()
  }

  /** No further request is to be served here: moves the caller away when it is idle, or closes it. */
  retire(give: Give | undefined): void {
    this.#retired = true
    this.#give = give
    if (this.#work !== undefined || this.#leaving) return
    if (give !== undefined) this.#moveAway()
    else this.deadline = performance.now() + LINGER_MS
  }

  #consume(data: Buffer): void {
    this.#consuming = true
    let at = 0
    while (at < data.length && !this.#leaving) {
      // Who does not read its answers gets no further ones, or they would pile up here.
      if (this.#work === undefined && this.wire.congested) break
      const rest = at === 0 ? data : data.subarray(at)
      const taken = this.#work !== undefined ? this.#work.take(rest) : this.#readHead(rest)
      if (taken === 0) break
      at += taken
    }
    this.#consuming = false
    if (this.#leaving) return
    this.#hold(data, at)
    if (this.#work === undefined && this.#give !== undefined) this.#moveAway()
  }

  #hold(data: Buffer, consumed: number): void {
    if (consumed === data.length) this.#held = NOTHING
    // What arrived just now lives in the shared buffer; what was held already is ours.
    else if (consumed > 0 || data !== this.#held) this.#held = Buffer.from(data.subarray(consumed))
    if (this.#isFull) this.wire.pause()
    else this.wire.resume()
  }

  get #isFull(): boolean {
    // Without a work, and with room for answers, what is held is a head: it may grow until it is over its limit.
    if (this.#work === undefined) return this.wire.congested
    return this.#work.blocked || this.#held.length >= this.#entrance.limits.headBytes
  }

  /** Sets the clock for the next request: what is held has begun its head, unless we are the ones who do not take it. */
  #awaitNext(): void {
    if (this.#leaving) return
    const { headMs, idleMs } = this.#entrance.timeouts
    const isBegun = this.#held.length > 0 && !this.wire.congested
    this.deadline = this.#entrance.deadlines.after(isBegun ? headMs : idleMs)
  }

  /** With a part of the answer unsent a reset tells the caller so; a clean end would make it look complete. */
  #giveUp(): void {
    if (this.wire.pending > 0) this.wire.reset()
    else this.wire.destroy()
  }

  #linger(): void {
    if (this.#lingerEnd > 0) this.deadline = Math.min(performance.now() + LINGER_MS, this.#lingerEnd)
  }

  /** Starts the work that the next head asks for; 0 when the head is not complete yet. */
  #readHead(data: Buffer): number {
    const start = skipLeadingEmptyLine(data, 0, data.length)
    if (start === data.length) return start
    const end = findHeadEnd(data, start, data.length)
    if (end === -1) return this.#awaitHead(data, start)
    if (end - start > this.#entrance.limits.headBytes) return this.#headTooLarge(data.length)
    const record = this.#entrance.newRecord(this)
    try {
      const head = parseRequestHead(data, start, end)
      this.#begin(head, record, end < data.length)
    } catch (thrown) {
      this.refuse(syntaxFault(thrown, 'CALLER_BAD_REQUEST'), record)
    }
    return end
  }

  #awaitHead(data: Buffer, start: number): number {
    if (data.length - start > this.#entrance.limits.headBytes) return this.#headTooLarge(data.length)
    try {
      refuseBrokenHead(data, start, data.length, Math.max(start, this.#held.length))
    } catch (thrown) {
      this.refuse(syntaxFault(thrown, 'CALLER_BAD_REQUEST'))
      return data.length
    }
    const shortage = this.#entrance.shortage()
    if (shortage !== undefined) {
      // Half a head is nothing under way yet, and many of them are what fills the memory.
      this.refuse(shortage)
      return data.length
    }
    // The clock runs from the first byte of a head: a dripping caller does not win time with each byte.
    if (this.#held.length === 0) this.deadline = performance.now() + this.#entrance.timeouts.headMs
    return 0
  }

  #headTooLarge(taken: number): number {
    const limit = this.#entrance.limits.headBytes
    this.refuse(new SidecarError('CALLER_HEAD_TOO_LARGE', `the request head is longer than ${limit} bytes`))
    return taken
  }

  #begin(head: RequestHead, record: RequestRecord, bytesFollow: boolean): void {
    record.begin(head)
    this.deadline = 0
    this.#work = this.#entrance.workFor(this, head, record)
    this.#work.start(bytesFollow)
  }

  #moveAway(): void {
    const give = this.#give
    if (give === undefined || this.#leaving || this.#ended) return
    this.#leaving = true
    this.deadline = 0
    // What the caller sends from now on waits in the kernel for the process that takes over.
    this.wire.pause()
    this.wire.flushed(() => {
      const handle = this.wire.handleForSending()
      if (handle === undefined) return this.wire.destroy()
      // Destroyed only when the copy has arrived: until then this one keeps the connection open.
      void give(handle, this.#held).finally(() => this.wire.destroy())
    })
  }
}
