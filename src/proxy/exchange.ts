/**
 * One request and its answer: head out, body out, answer back, on a pooled connection that has passed its verdict.
 * A request is tried again only when that cannot be noticed: it is idempotent, has no body, and the pooled
 * connection was gone before a byte of an answer came (RFC 9110 §9.2.2).
 */

import { brokenOff } from '../backend/dial/network-errors.ts'
import type { OpenConnection } from '../backend/judge/reweigh.ts'
import type { BackendConnection, VerifiedBackend } from '../backend/verified-backend.ts'
import { asSidecarError, SidecarError } from '../errors.ts'
import { type BodyReader, bodyReader } from '../http/body-reader.ts'
import { idempotentMethods } from '../http/methods.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import type { WireReader } from '../wire/wire.ts'
import { Answer, type AnswerProgress } from './answer.ts'
import type { EntranceContext } from './entrance-context.ts'
import { Outflow } from './outflow.ts'
import { requestHeadText, upgradeHeadText } from './relayed-heads.ts'
import type { RequestRecord } from './request-record.ts'
import type { Route } from './routes.ts'
import { badAnswer, syntaxFault } from './syntax-fault.ts'
import type { CallerConnection, Work } from './work.ts'

export interface ExchangeRequest {
  readonly caller: CallerConnection
  readonly route: Route
  readonly head: RequestHead
  readonly record: RequestRecord
}

export class Exchange implements Work, WireReader {
  readonly #caller: CallerConnection
  readonly #entrance: EntranceContext
  readonly #route: Route
  readonly #head: RequestHead
  readonly #record: RequestRecord
  readonly #requestBody: BodyReader
  readonly #bodyless: boolean
  #backend: BackendConnection | undefined
  #requestOut: Outflow | undefined
  #callerEnded = false
  #reused = false
  #retried = false
  readonly #answer: Answer
  /** Decided with the answer's head, because the head says so to the caller. */
  #keep = false
  #over = false

  constructor(entrance: EntranceContext, request: ExchangeRequest) {
    const { caller, route, head, record } = request
    this.#entrance = entrance
    this.#caller = caller
    this.#route = route
    this.#head = head
    this.#record = record
    this.#requestBody = bodyReader(head.framing)
    this.#bodyless = this.#requestBody.done
    this.#answer = this.#newAnswer()
  }

  get blocked(): boolean {
    return this.#requestOut?.blocked ?? false
  }

  start(bytesFollow: boolean): void {
    const idle = this.#route.pool?.take()
    if (idle === undefined) return void this.#open()
    this.#reused = true
    this.#use(idle, bytesFollow)
  }

  // --- what the caller does ---

  take(bytes: Buffer): number {
    const out = this.#requestOut
    if (out === undefined || this.#requestBody.done) return 0
    try {
      const taken = this.#requestBody.read(bytes, out)
      out.flush()
      this.#awaitProgress()
      return taken
    } catch (thrown) {
      this.#fail(syntaxFault(thrown, 'CALLER_BAD_REQUEST'))
      return bytes.length
    }
  }

  callerEnded(): void {
    this.#callerEnded = true
    // Until the backend is there the caller holds what has come: the whole body may be among it.
    if (this.#requestBody.done || this.#requestOut === undefined) return
    this.#fail(new SidecarError('CALLER_LEFT', 'the caller closed in mid-request'))
  }

  callerDrained(): void {
    this.#answer.unblock()
    this.#backend?.wire.resume()
  }

  callerClosed(error: Error | undefined): void {
    this.#settle(new SidecarError('CALLER_LEFT', 'the caller left before its answer was complete', { cause: error }))
    this.#dropBackend()
  }

  get held(): OpenConnection | undefined {
    return this.#backend
  }

  cut(reason = new SidecarError('INTERNAL_DRAINING', 'the drain deadline cut the request')): void {
    this.#settle(reason)
    this.#dropBackend()
  }

  expired(): void {
    const { authority } = this.#route.decision.destination
    if (this.#answer.head === undefined && this.#requestBody.done) {
      return this.#fail(new SidecarError('BACKEND_FIRST_BYTE_TIMEOUT', `${authority} did not answer in time`))
    }
    this.#fail(new SidecarError('BACKEND_IDLE_TIMEOUT', `nothing moved to or from ${authority} for too long`))
  }

  // --- what the backend does ---

  bytes(chunk: Buffer): void {
    if (this.#over) return
    try {
      this.#answerMoved(this.#answer.read(chunk))
    } catch (thrown) {
      this.#fail(syntaxFault(thrown, 'BACKEND_BAD_RESPONSE'))
    }
  }

  ended(): void {
    if (this.#over) return
    if (this.#answer.isEndedBy(this.#backend?.wire)) return this.#complete(false)
    this.#broken(this.#backend?.wire.error)
  }

  drained(): void {
    if (this.#requestOut !== undefined) this.#requestOut.blocked = false
    this.#caller.pump()
  }

  closed(error: Error | undefined): void {
    if (!this.#over) this.#broken(error)
  }

  // --- request out ---

  async #open(): Promise<void> {
    try {
      const { pool, decision } = this.#route
      const backend = pool !== undefined ? await pool.open() : await this.#entrance.backends.dialPlain(decision)
      if (this.#over) return this.#release(backend, true)
      this.#use(backend, false)
      this.#caller.pump()
      if (this.#callerEnded) this.callerEnded()
    } catch (thrown) {
      this.#fail(asSidecarError(thrown))
    }
  }

  #use(backend: BackendConnection, bytesFollow: boolean): void {
    this.#backend = backend
    // A pool at its limit passes used connections on to those in line: what it has done tells, too.
    if (backend.wire.bytesOut > 0) this.#reused = true
    this.#record.reached(backend, this.#reused)
    backend.wire.reader = this
    this.#requestOut = new Outflow(backend.wire, requestHeadText(this.#head, this.#route, this.#entrance.via))
    this.#awaitProgress()
    if (this.#requestBody.done || !bytesFollow) this.#requestOut.flush()
  }

  // --- answer back ---

  #newAnswer(): Answer {
    return new Answer({
      request: this.#head,
      route: this.#route,
      via: this.#entrance.via,
      headBytesMax: this.#entrance.limits.headBytes,
      caller: this.#caller.wire,
      keeps: (head) => this.#answerBegins(head),
    })
  }

  #answerBegins(head: ResponseHead): boolean {
    this.#record.answered(head.status)
    const framed = head.framing.kind !== 'until-close'
    this.#keep = framed && this.#mayKeepCaller()
    return this.#keep
  }

  #answerMoved(progress: AnswerProgress): void {
    switch (progress) {
      case 'reading':
        if (this.#answer.blocked) this.#backend?.wire.pause()
        return this.#awaitProgress()
      case 'complete':
      case 'surplus':
        return this.#complete(progress === 'complete')
      case 'switched':
        return this.#upgrade()
      case 'head-too-large':
        return this.#fail(badAnswer('the head of its answer is too long'))
    }
  }

  #upgrade(): void {
    const backend = this.#backend
    const { head, rest } = this.#answer
    if (!this.#requestBody.done) return this.#fail(badAnswer('the backend switched protocols in mid-request'))
    if (this.#head.upgrade === undefined || backend === undefined || head === undefined) {
      return this.#fail(badAnswer('the backend switched protocols without being asked'))
    }
    this.#over = true
    this.#record.answered(101)
    this.#caller.wire.write(upgradeHeadText(head, this.#entrance.via))
    if (rest.length > 0) this.#caller.wire.write(rest)
    const [caller, record, ahead] = [this.#caller, this.#record, this.#caller.handOff()]
    this.#entrance.openTunnel({ caller, backend, held: backend, record, ahead, closed: () => this.#dropBackend() })
  }

  // --- ends ---

  #mayKeepCaller(): boolean {
    return this.#requestBody.done && this.#head.keepAlive && this.#head.minor === 1 && !this.#caller.lastAnswer
  }

  /** The answer is complete; `clean` tells that it ended where it said, with nothing behind it. */
  #complete(clean: boolean): void {
    this.#settle(undefined)
    const backend = this.#backend
    this.#backend = undefined
    const reusable = clean && this.#requestBody.done && this.#answer.head?.keepAlive === true
    if (backend !== undefined) this.#release(backend, reusable)
    this.#caller.done({ keep: this.#keep })
  }

  #broken(error: Error | undefined): void {
    const { untouched } = this.#answer
    const repeatable = idempotentMethods.has(this.#head.method) && this.#bodyless
    if (untouched && repeatable && this.#reused && !this.#retried) {
      this.#retried = true
      this.#dropBackend()
      this.#reused = false
      return void this.#open()
    }
    const when = this.#answer.brokenBy(this.#backend?.wire)
    this.#fail(brokenOff(this.#route.decision.destination.authority, when, error))
  }

  #fail(error: SidecarError): void {
    if (this.#over) return
    this.#dropBackend()
    // A cut answer must not look complete: the caller gets a reset where its beginning is already on the way.
    if (this.#answer.head !== undefined && this.#answer.head.status !== 101) {
      this.#settle(error)
      return this.#caller.wire.reset()
    }
    const keep = this.#mayKeepCaller()
    const how = { close: !keep, bodyless: this.#head.method === 'HEAD' }
    this.#caller.wire.write(this.#record.errorReply(error, how))
    this.#settle(error)
    this.#caller.done({ keep })
  }

  #settle(error: SidecarError | undefined): void {
    if (this.#over) return
    this.#over = true
    if (error !== undefined) this.#record.fail(error)
    this.#entrance.finished(this.#record)
  }

  #dropBackend(): void {
    const backend = this.#backend
    this.#backend = undefined
    if (backend !== undefined) this.#release(backend, false)
  }

  #release(backend: BackendConnection, reusable: boolean): void {
    const { pool } = this.#route
    if (pool !== undefined && reusable) {
      backend.wire.resume()
      return pool.put(backend as VerifiedBackend)
    }
    backend.wire.reader = silent
    backend.wire.destroy()
    pool?.drop(backend as VerifiedBackend)
  }

  #awaitProgress(): void {
    const { firstByteMs, idleMs } = this.#entrance.timeouts
    const waitsForAnswer = this.#answer.head === undefined && this.#requestBody.done
    this.#caller.deadline = this.#entrance.deadlines.after(waitsForAnswer ? firstByteMs : idleMs)
  }
}

const silent: WireReader = { bytes() {}, ended() {}, drained() {}, closed() {} }
