/**
 * The answer's way back: heads read, interim answers passed on, the final head and its body written to the caller.
 * Knows nothing of pools, retries or logs: it tells its exchange how far it has got.
 */
import { type BodyReader, bodyReader } from '../http/body-reader.ts'
import { findHeadEnd } from '../http/head-end.ts'
import type { RequestHead } from '../http/request-head.ts'
import { parseResponseHead, type ResponseHead } from '../http/response-head.ts'
import type { Wire } from '../wire/wire.ts'
import { Outflow } from './outflow.ts'
import { informationalHeadText, responseHeadText } from './relayed-heads.ts'
import type { Route } from './routes.ts'

const NOTHING = Buffer.alloc(0)
const midAnswer = 'in the middle of its answer'

export type AnswerProgress =
  /** More is to come. */
  | 'reading'
  /** The body is complete, and nothing came behind it. */
  | 'complete'
  /** The body is complete, but the backend has sent more than it announced. */
  | 'surplus'
  /** The backend has switched protocols: nothing of this head is written yet, what came behind it is in `rest`. */
  | 'switched'
  /** The head, or all the interim ones before it, are longer than is taken. */
  | 'head-too-large'

export interface AnswerOptions {
  readonly request: RequestHead
  readonly route: Route
  readonly via: string
  readonly headBytesMax: number
  readonly caller: Wire
  /** Decides, when the final head is there, whether the caller's connection may carry another request. */
  keeps(head: ResponseHead): boolean
}

export class Answer {
  /** The final head, once it is there. */
  head: ResponseHead | undefined
  /** What came behind the head of a switch. */
  rest = NOTHING
  readonly #options: AnswerOptions
  #partialHead = NOTHING
  /** How much has come in interim heads: without end they would keep a request waiting, and fill our memory. */
  #interimBytes = 0
  #body: BodyReader | undefined
  #out: Outflow | undefined

  constructor(options: AnswerOptions) {
    this.#options = options
  }

  /** Nothing at all has come. */
  get untouched(): boolean {
    return this.head === undefined && this.#partialHead.length === 0 && this.#interimBytes === 0
  }

  /** The caller reads more slowly than the backend sends. */
  get blocked(): boolean {
    return this.#out?.blocked ?? false
  }

  unblock(): void {
    if (this.#out !== undefined) this.#out.blocked = false
  }

  /**
   * Tells whether the end of the backend's connection is the end of the answer. Where nothing else ends it, TLS must
   * have said so, or whoever is on the way could shorten it (RFC 9112 §9.8); where the policy refuses nobody on the
   * way, nothing is gained by minding that, and old backends leave it out.
   */
  isEndedBy(backend: Wire | undefined): boolean {
    const { strict, enforcement } = this.#options.route.decision.rule
    const isMinded = strict && enforcement === 'enforce' && backend?.wasCutShort === true
    return this.head?.framing.kind === 'until-close' && !isMinded
  }

  /** What it means for the answer that the backend's connection is over, in words. */
  brokenBy(backend: Wire | undefined): string {
    if (this.untouched) return 'before it answered'
    const isCut = this.head?.framing.kind === 'until-close' && backend?.wasCutShort === true
    return isCut ? 'without ending TLS (close_notify), and only that tells where its answer ends' : midAnswer
  }

  /** Takes bytes of the backend; throws HttpSyntaxError for an answer that breaks HTTP. */
  read(chunk: Buffer): AnswerProgress {
    return this.head === undefined ? this.#readHead(chunk) : this.#readBody(chunk)
  }

  #readHead(chunk: Buffer): AnswerProgress {
    const { headBytesMax, request } = this.#options
    const data = this.#partialHead.length === 0 ? chunk : Buffer.concat([this.#partialHead, chunk])
    let at = 0
    let head: ResponseHead
    for (;;) {
      const end = findHeadEnd(data, at, data.length)
      if (end === -1) {
        this.#partialHead = Buffer.from(data.subarray(at))
        return this.#partialHead.length > headBytesMax ? 'head-too-large' : 'reading'
      }
      head = parseResponseHead(data, at, end, request.method)
      if (head.informational) this.#interimBytes += end - at
      at = end
      if (!head.informational) break
      if (this.#interimBytes > headBytesMax) return 'head-too-large'
      this.#passInterim(head)
    }
    this.#partialHead = NOTHING
    const rest = data.subarray(at)
    this.head = head
    if (head.status === 101) {
      this.rest = Buffer.from(rest)
      return 'switched'
    }
    this.#begin(head)
    return this.#readBody(rest)
  }

  #passInterim(head: ResponseHead): void {
    const { request, caller, via } = this.#options
    // An HTTP/1.0 caller does not know of interim answers (RFC 9110 §15.2).
    if (request.minor === 1) caller.write(informationalHeadText(head, via))
  }

  #begin(head: ResponseHead): void {
    const { request, route, via, caller } = this.#options
    this.#body = bodyReader(head.framing, { dataOnly: request.minor === 0 })
    const close = !this.#options.keeps(head)
    this.#out = new Outflow(caller, responseHeadText(head, { request, route, via, close }))
  }

  #readBody(chunk: Buffer): AnswerProgress {
    const body = this.#body as BodyReader
    const out = this.#out as Outflow
    const taken = body.done ? 0 : body.read(chunk, out)
    // A head without a first piece goes out at once: a long poll's caller waits for it.
    out.flush()
    if (!body.done) return 'reading'
    return taken < chunk.length ? 'surplus' : 'complete'
  }
}
