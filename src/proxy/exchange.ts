/**
 * One request and its answer: head out, body out, answer back, on a pooled connection that has passed its verdict.
 * A request is tried again only when that cannot be noticed: it is idempotent, has no body, and the pooled
 * connection was gone before a byte of an answer came (RFC 9110 §9.2.2).
 */
import type { BackendConnection, VerifiedBackend } from '../backend/verified-backend.ts'
import { asSidecarError, SidecarError } from '../errors.ts'
import { type BodyReader, bodyReader } from '../http/body-reader.ts'
import { findHeadEnd } from '../http/head-end.ts'
import type { RequestHead } from '../http/request-head.ts'
import { parseResponseHead, type ResponseHead } from '../http/response-head.ts'
import type { WireReader } from '../wire/wire.ts'
import type { EntranceContext } from './entrance-context.ts'
import { Outflow } from './outflow.ts'
import { informationalHeadText, requestHeadText, responseHeadText, upgradeHeadText } from './relayed-heads.ts'
import type { RequestRecord } from './request-record.ts'
import type { Route } from './routes.ts'
import { syntaxFault } from './syntax-fault.ts'
import type { CallerConnection, Work } from './work.ts'

const NOTHING = Buffer.alloc(0)
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

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
  #reused = false
  #retried = false
  #answerHead: ResponseHead | undefined
  #answerBody: BodyReader | undefined
  #answerOut: Outflow | undefined
  /** The beginning of an answer's head that is not complete yet. */
  #partialHead = NOTHING
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
    if (!this.#requestBody.done) this.#fail(new SidecarError('CALLER_LEFT', 'the caller closed in mid-request'))
  }

  callerDrained(): void {
    if (this.#answerOut !== undefined) this.#answerOut.blocked = false
    this.#backend?.wire.resume()
  }

  callerClosed(error: Error | undefined): void {
    this.#settle(new SidecarError('CALLER_LEFT', 'the caller left before its answer was complete', { cause: error }))
    this.#dropBackend()
  }

  expired(): void {
    const { authority } = this.#route.decision.destination
    if (this.#answerHead === undefined && this.#requestBody.done) {
      return this.#fail(new SidecarError('BACKEND_FIRST_BYTE_TIMEOUT', `${authority} did not answer in time`))
    }
    this.#fail(new SidecarError('BACKEND_IDLE_TIMEOUT', `nothing moved to or from ${authority} for too long`))
  }

  // --- what the backend does ---

  bytes(chunk: Buffer): void {
    if (this.#over) return
    try {
      if (this.#answerBody !== undefined) this.#relayAnswer(chunk)
      else this.#readAnswerHead(chunk)
    } catch (thrown) {
      this.#fail(syntaxFault(thrown, 'BACKEND_BAD_RESPONSE'))
    }
  }

  ended(): void {
    if (this.#over) return
    if (this.#answerHead?.framing.kind === 'until-close') return this.#complete()
    this.#broken(undefined)
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
    this.#reused = false
    try {
      const { pool, decision } = this.#route
      const backend = pool !== undefined ? await pool.open() : await this.#entrance.backends.dialPlain(decision)
      if (this.#over) return this.#release(backend, true)
      this.#use(backend, false)
      this.#caller.pump()
    } catch (thrown) {
      this.#fail(asSidecarError(thrown))
    }
  }

  #use(backend: BackendConnection, bytesFollow: boolean): void {
    this.#backend = backend
    this.#record.reached(backend, this.#reused)
    backend.wire.reader = this
    this.#requestOut = new Outflow(backend.wire, requestHeadText(this.#head, this.#route, this.#entrance.via))
    this.#awaitProgress()
    if (this.#requestBody.done || !bytesFollow) this.#requestOut.flush()
  }

  // --- answer back ---

  #readAnswerHead(chunk: Buffer): void {
    const data = this.#partialHead.length === 0 ? chunk : Buffer.concat([this.#partialHead, chunk])
    const end = findHeadEnd(data, 0, data.length)
    if (end === -1) {
      this.#partialHead = Buffer.from(data)
      if (data.length > this.#entrance.limits.headBytes)
        return this.#fail(badAnswer('the head of its answer is too long'))
      return
    }
    this.#partialHead = NOTHING
    const head = parseResponseHead(data, 0, end, this.#head.method)
    const rest = data.subarray(end)
    if (head.status === 101) return this.#upgrade(head, rest)
    if (head.informational) return this.#relayInformational(head, rest)
    this.#beginAnswer(head)
    this.#relayAnswer(rest)
  }

  #relayInformational(head: ResponseHead, rest: Buffer): void {
    // An HTTP/1.0 caller does not know of interim answers (RFC 9110 §15.2).
    if (this.#head.minor === 1) this.#caller.wire.write(informationalHeadText(head, this.#entrance.via))
    this.#awaitProgress()
    if (rest.length > 0) this.#readAnswerHead(rest)
  }

  #beginAnswer(head: ResponseHead): void {
    this.#answerHead = head
    this.#record.answered(head.status)
    const dataOnly = this.#head.minor === 0
    this.#answerBody = bodyReader(head.framing, { dataOnly })
    this.#keep = this.#keepsCaller(head)
    const close = !this.#keep
    const text = responseHeadText(head, { request: this.#head, route: this.#route, via: this.#entrance.via, close })
    this.#answerOut = new Outflow(this.#caller.wire, text)
  }

  #relayAnswer(chunk: Buffer): void {
    const body = this.#answerBody as BodyReader
    const out = this.#answerOut as Outflow
    const taken = body.done ? 0 : body.read(chunk, out)
    // Until the end of the body is in sight, a head goes out at once: a long poll's caller waits for it.
    out.flush()
    if (body.done) return this.#complete(taken < chunk.length)
    if (out.blocked) this.#backend?.wire.pause()
    this.#awaitProgress()
  }

  #upgrade(head: ResponseHead, rest: Buffer): void {
    const backend = this.#backend
    if (this.#head.upgrade === undefined || backend === undefined) {
      return this.#fail(badAnswer('the backend switched protocols without being asked'))
    }
    this.#over = true
    this.#record.answered(101)
    this.#caller.wire.write(upgradeHeadText(head, this.#entrance.via))
    if (rest.length > 0) this.#caller.wire.relay(rest)
    const ahead = this.#caller.handOff()
    const closed = (): void => this.#dropBackend()
    this.#entrance.openTunnel({ caller: this.#caller, backend, record: this.#record, ahead, closed })
  }

  // --- ends ---

  #keepsCaller(head: ResponseHead): boolean {
    const framed = head.framing.kind !== 'until-close'
    return (
      framed && this.#requestBody.done && this.#head.keepAlive && this.#head.minor === 1 && !this.#caller.lastAnswer
    )
  }

  /** The answer is complete; `surplus` tells that the backend had sent more than it announced. */
  #complete(surplus = false): void {
    const head = this.#answerHead as ResponseHead
    this.#settle(undefined)
    const backend = this.#backend
    this.#backend = undefined
    if (backend !== undefined) {
      const reusable = head.keepAlive && !surplus && this.#requestBody.done && head.framing.kind !== 'until-close'
      this.#release(backend, reusable)
    }
    this.#caller.done({ keep: this.#keep })
  }

  #broken(error: Error | undefined): void {
    const untouched = this.#answerHead === undefined && this.#partialHead.length === 0
    const repeatable = IDEMPOTENT.has(this.#head.method) && this.#bodyless
    if (untouched && repeatable && this.#reused && !this.#retried) {
      this.#retried = true
      this.#dropBackend()
      return void this.#open()
    }
    const { authority } = this.#route.decision.destination
    const when = untouched ? 'before it answered' : 'in the middle of its answer'
    this.#fail(new SidecarError('BACKEND_CLOSED_EARLY', `${authority} closed the connection ${when}`, { cause: error }))
  }

  #fail(error: SidecarError): void {
    if (this.#over) return
    this.#dropBackend()
    // A cut answer must not look complete: the caller gets a reset where its beginning is already on the way.
    if (this.#answerHead !== undefined) {
      this.#settle(error)
      return this.#caller.wire.reset()
    }
    const keep = this.#requestBody.done && this.#head.keepAlive && this.#head.minor === 1 && !this.#caller.lastAnswer
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
    const waitsForAnswer = this.#answerHead === undefined && this.#requestBody.done
    this.#caller.deadline = performance.now() + (waitsForAnswer ? firstByteMs : idleMs)
  }
}

const silent: WireReader = { bytes() {}, ended() {}, drained() {}, closed() {} }

function badAnswer(message: string): SidecarError {
  return new SidecarError('BACKEND_BAD_RESPONSE', message)
}
