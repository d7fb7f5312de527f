/**
 * The plain beginning of a connection: the way through an upstream proxy, what is sent first (a PROXY header), then the
 * dialogue that asks for TLS. It lives on the same deadline as the handshake, so a backend that drips gains nothing.
 */
import type net from 'node:net'
import { Wire, type WireReader } from '../../wire/wire.ts'
import type { DialFailure } from '../dial/network-errors.ts'
import type { Opening } from '../upstream/opening.ts'
import type { AskCaller, Dialect, Step } from './dialect.ts'

/** What goes over a connection before TLS does. */
export interface Preface {
  /** How an upstream proxy is asked for the backend; without it TCP leads there. */
  readonly opening?: Opening
  /** Sent as soon as the backend is there. */
  readonly header?: Buffer
  /** How TLS is asked for; without it TLS begins at once. */
  readonly dialect?: Dialect
  /** How the caller is asked, where there is one and the dialect needs it; it has all the time it is given there. */
  readonly ask?: AskCaller
}

export interface BeginningEvents {
  /** TLS, or whatever else it is for, may begin on the socket; nothing was read from it that is not accounted for. */
  ready(socket: net.Socket, greeting: Buffer): void
  failed(error: Error): void
}

/** Ends a dialogue with the words for it. */
export class PrefaceError extends Error {
  readonly failure: DialFailure

  constructor(failure: DialFailure) {
    super(failure.what)
    this.failure = failure
  }
}

/** More than any server says before TLS. */
const SAID_MAX = 16_384
const NOTHING = Buffer.alloc(0)

export class PlainBeginning implements WireReader {
  readonly wire: Wire
  readonly #preface: Preface
  readonly #events: BeginningEvents
  #said = 0
  #isConnected = false
  #isThere = false
  #isOver = false

  constructor(preface: Preface, events: BeginningEvents) {
    this.wire = new Wire(this)
    this.#preface = preface
    this.#events = events
  }

  /** False while it is still about the plain beginning, and not about TLS. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** The backend itself has been reached, and not only the proxy in front of it. */
  get isThere(): boolean {
    return this.#isThere
  }

  /** To be called when TCP stands. */
  connected(): void {
    this.#isConnected = true
    const { opening } = this.#preface
    if (opening === undefined) this.#arrived(NOTHING)
    else this.wire.write(opening.begin())
  }

  bytes(chunk: Buffer): void {
    const { opening, dialect } = this.#preface
    if (this.#isOver) return
    if (!this.#isThere && opening !== undefined) return this.#openWay(opening, chunk)
    if (dialect === undefined) return
    this.#said += chunk.length
    if (this.#said > SAID_MAX) return this.#break(`said more than ${SAID_MAX} bytes before TLS`)
    this.#take(dialect.take(chunk))
  }

  ended(): void {
    if (this.#isOver) return
    if (!this.#isThere) this.#refuseWay('ended the connection before it had opened the way')
    else this.#break('ended the connection before TLS began')
  }

  drained(): void {}

  closed(error: Error | undefined): void {
    if (this.#isOver) return
    // Before TCP stands it is the connection that failed; after that it is not TLS that did.
    if (this.#isConnected && !this.#isThere)
      return this.#refuseWay('closed the connection before it had opened the way')
    if (this.#isConnected) return this.#break('closed the connection before TLS began')
    this.#fail(error ?? Object.assign(new Error('closed before TLS'), { code: 'ECONNRESET' }))
  }

  #openWay(opening: Opening, chunk: Buffer): void {
    const step = opening.take(chunk)
    if (step.kind === 'refused') return this.#refuseWay(step.what)
    if (step.kind === 'open') return this.#arrived(step.rest)
    if (step.write !== undefined) this.wire.write(step.write)
  }

  #arrived(rest: Buffer): void {
    const { header, dialect } = this.#preface
    this.#isThere = true
    if (header !== undefined) this.wire.write(header)
    if (dialect === undefined) return this.#take({ kind: 'ready', greeting: rest })
    this.#take(dialect.begin())
    if (rest.length > 0) this.bytes(rest)
  }

  #take(step: Step): void {
    switch (step.kind) {
      case 'more':
        if (step.write !== undefined) this.wire.write(step.write)
        return
      case 'ready':
        if (step.write !== undefined) this.wire.write(step.write)
        this.#isOver = true
        return this.#events.ready(this.wire.socket, step.greeting ?? NOTHING)
      case 'ask':
        return void this.#ask(step.greeting)
      case 'missing':
        return this.#fail(new PrefaceError({ code: 'BACKEND_NO_STARTTLS', what: step.what }))
      case 'broken':
        return this.#break(step.what)
    }
  }

  async #ask(greeting: Buffer): Promise<void> {
    const { dialect, ask } = this.#preface
    try {
      const answer = await ask?.(greeting)
      // The backend may have ended it meanwhile, or its words may have.
      if (this.#isOver || dialect?.answered === undefined) return
      this.#take(dialect.answered(answer))
    } catch {
      // Whoever is asked tells what went wrong there; here is only left that there will be no connection.
      if (!this.#isOver) this.#fail(new PrefaceError({ code: 'CALLER_LEFT', what: 'was not needed any more' }))
    }
  }

  #refuseWay(what: string): void {
    this.#fail(
      new PrefaceError({
        code: 'BACKEND_UPSTREAM_FAILED',
        what: `(upstream proxy ${this.#preface.opening?.proxy}) ${what}`,
      }),
    )
  }

  #break(what: string): void {
    this.#fail(new PrefaceError({ code: 'BACKEND_STARTTLS_FAILED', what }))
  }

  #fail(error: Error): void {
    this.#isOver = true
    this.#events.failed(error)
  }
}
