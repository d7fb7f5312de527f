/** One keep-alive connection that asks, one request at a time, and checks every answer to the last byte. */
import net from 'node:net'
import { type Answer, AnswerReader } from './answer-reader.ts'
import { bodyOf, factsOf } from './body.ts'
import { nowMs } from './clock.ts'
import type { Question } from './question.ts'
import type { RequestEntry } from './request-log.ts'

export interface CallerEvents {
  /** A request is over, well or badly. */
  readonly over: (entry: RequestEntry) => void
  /** The connection can take the next request. */
  readonly idle: (caller: KeepAliveCaller) => void
  /** The connection is gone; `unasked` when it was closed while nothing was under way. */
  readonly gone: (caller: KeepAliveCaller, unasked: boolean) => void
}

const ANSWER_LIMIT_MS = 10_000

export class KeepAliveCaller {
  readonly #socket: net.Socket
  readonly #events: CallerEvents
  readonly #reader: AnswerReader
  #question: Question | undefined
  #dueMs = 0
  #sentMs = 0
  #port = 0
  #limit: NodeJS.Timeout | undefined
  #allSent = false
  #closing = false

  constructor(proxyPort: number, events: CallerEvents) {
    this.#events = events
    this.#reader = new AnswerReader((answer) => this.#answered(answer))
    this.#socket = net.connect({ port: proxyPort, host: '127.0.0.1', noDelay: true })
    this.#socket.on('connect', () => {
      this.#port = this.#socket.localPort ?? 0
      events.idle(this)
    })
    this.#socket.on('data', (chunk: Buffer) => this.#received(chunk))
    this.#socket.on('error', (error) => this.#broken(error.message))
    this.#socket.on('close', () => this.#broken('closed before the answer was complete'))
  }

  /** Sends one request; the connection must be idle. `dueMs` is when it should have been sent. */
  ask(question: Question, dueMs: number): void {
    this.#question = question
    this.#dueMs = dueMs
    this.#sentMs = nowMs()
    this.#limit = setTimeout(() => this.#broken(`no answer within ${ANSWER_LIMIT_MS} ms`), ANSWER_LIMIT_MS)
    this.#send(question, 0)
  }

  close(): void {
    this.#closing = true
    this.#socket.destroy()
  }

  #send(question: Question, from: number): void {
    if (this.#question !== question) return
    const { pieces, pauseMs } = question
    this.#socket.write(pieces[from] as Buffer)
    this.#allSent = from + 1 === pieces.length
    if (!this.#allSent) setTimeout(() => this.#send(question, from + 1), pauseMs)
  }

  #received(chunk: Buffer): void {
    try {
      if (this.#question === undefined) throw new Error('bytes that nobody asked for')
      this.#reader.push(chunk)
    } catch (error) {
      this.#broken((error as Error).message)
    }
  }

  #answered(answer: Answer): void {
    const question = this.#question
    if (question === undefined) return this.#broken('an answer too many')
    this.#over(faultOf(question, answer))
    // After an answer to half a request the other half would be taken for the next request: the connection is spent.
    if (!this.#allSent || answer.fields.get('connection')?.toLowerCase() === 'close') return this.#leave()
    this.#events.idle(this)
  }

  /** The proxy announced the end of the connection: going is no failure. */
  #leave(): void {
    this.#closing = true
    this.#socket.destroy()
    this.#events.gone(this, false)
  }

  #broken(reason: string): void {
    if (this.#closing) return
    this.#closing = true
    const unasked = this.#question === undefined
    if (!unasked) this.#over(reason)
    this.#socket.destroy()
    this.#events.gone(this, unasked)
  }

  #over(failure: string): void {
    const question = this.#question as Question
    this.#question = undefined
    clearTimeout(this.#limit)
    const { id, kind, method } = question
    const times = { dueMs: this.#dueMs, sentMs: this.#sentMs, endMs: nowMs() }
    this.#events.over({ id, kind, method, port: this.#port, ...times, failure })
  }
}

/** What is wrong with an answer; empty when nothing is. */
export function faultOf(question: Question, answer: Answer): string {
  if (answer.status !== 200) return `status ${answer.status}, ${answer.fields.get('proxy-status') ?? 'no Proxy-Status'}`
  if (answer.fields.get('x-id') !== String(question.id)) return `the answer of request ${answer.fields.get('x-id')}`
  if (answer.fields.get('x-got') !== question.got) {
    return `the backend got ${answer.fields.get('x-got')} instead of ${question.got}`
  }
  const expected = factsOf(bodyOf(question.id, question.answerBytes))
  if (answer.bytes !== expected.bytes) return `${answer.bytes} bytes instead of ${expected.bytes}`
  return answer.crc === expected.crc ? '' : 'an answer with other bytes than the backend sent'
}
