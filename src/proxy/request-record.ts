/** The access record of one request or tunnel as it fills up: who asked, where it went, what was found, how it ended. */
// The global of this name is looked up anew each time.
import { performance } from 'node:perf_hooks'
import { noteEarlyEnd, noteFailure, notePhases, noteVerdict } from '../backend/note-access.ts'
import type { BackendConnection, TlsFacts } from '../backend/verified-backend.ts'
import { SidecarError } from '../errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import { type AccessRecord, emptyAccessRecord } from '../observe/access-record.ts'
import type { Decision } from '../policy/decision.ts'
import { serverNameFor } from '../policy/names.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { TunnelEnd } from '../tunnel/tunnel.ts'
import { errorReply, terseReply } from './error-reply.ts'
import type { KnownCaller } from './known-caller.ts'
import { prefersHtml } from './prefers-html.ts'

/** What an error's details may carry about the decision that denied. */
interface RefusalDetails {
  readonly decision?: Decision
}

/** Where a request came in, and under what. */
export interface RequestOrigin {
  readonly requestId: string
  readonly entrance: string
  readonly caller: string
  readonly callerPort: number
  readonly version: number
  readonly generation: number
  /** What the operator has to say in every refusal; empty for nothing. */
  readonly refusalMessage: string
}

export class RequestRecord {
  readonly access: AccessRecord = emptyAccessRecord()
  readonly #startMs = performance.now()
  /** What went wrong is for our log alone: answers say no more than that there is nothing. */
  isTerse = false
  /** Called once, when the answer goes out or when it is over without one. */
  settled: ((access: AccessRecord) => void) | undefined
  readonly #refusalMessage: string
  /** Kept for the form of a refusal; never that of a CONNECT, whose tunnel may stand for hours. */
  #asked: RequestHead | undefined
  #sentMs = 0
  #backend: BackendConnection | undefined
  #bytesInBefore = 0
  #bytesOutBefore = 0

  constructor(origin: RequestOrigin) {
    const { access } = this
    access.requestId = origin.requestId
    access.entrance = origin.entrance
    access.caller = origin.caller
    access.callerPort = origin.callerPort
    access.version = origin.version
    access.generation = origin.generation
    this.#refusalMessage = origin.refusalMessage
  }

  begin(head: RequestHead): void {
    this.access.method = head.method
    if (head.method !== 'CONNECT') this.#asked = head
  }

  /** A caller came in by the SOCKS door, where everybody asks for the same. */
  beginSocks(): void {
    this.access.entrance = 'socks'
    this.access.kind = 'connect'
    this.access.method = 'CONNECT'
  }

  decided(decision: Decision, kind: AccessRecord['kind'], scheme: string): void {
    const { access } = this
    access.kind = kind
    access.scheme = scheme
    access.host = decision.destination.host
    access.port = decision.destination.port
    access.rule = decision.rule.name
    access.sni = serverNameFor(decision.rule, decision.destination)
  }

  /** A connection is there: dialled for this request, or taken from the pool. */
  reached(backend: BackendConnection, reused: boolean): void {
    this.#backend = backend
    this.#bytesInBefore = backend.wire.bytesIn
    this.#bytesOutBefore = backend.wire.bytesOut
    // A pooled connection is there at once: the clock need not be read again.
    this.#sentMs = reused ? this.#startMs : performance.now()
    this.access.reused = reused
    this.access.address = backend.address
    if (!reused) notePhases(this.access, backend.phases)
    if (backend.tls !== undefined) this.judged(backend.verdict, backend.tls)
  }

  /** A verdict stands for the connection, its own or that of the verifying handshake made for a tunnel. */
  judged(verdict: Verdict | undefined, tls: TlsFacts | undefined): void {
    noteVerdict(this.access, verdict, tls)
  }

  answered(status: number): void {
    this.access.status = status
    this.access.firstByteMs = performance.now() - this.#sentMs
    if (this.settled !== undefined) this.#settle()
  }

  fail(error: SidecarError): void {
    const { decision } = error.details as RefusalDetails
    if (decision !== undefined) this.decided(decision, this.access.method === 'CONNECT' ? 'connect' : 'originate', '')
    noteFailure(this.access, error)
  }

  /** A tunnel ended before both sides had said that they were done. */
  cutShort(end: Exclude<TunnelEnd, 'complete'>, error: Error | undefined): void {
    noteEarlyEnd(this.access, end, error)
  }

  /** Who calls, as far as it is known. */
  calledAs({ protocol, names, warning }: KnownCaller, leave: readonly string[], innerNames = 'checked'): void {
    const { access } = this
    access.callerProtocol = protocol
    access.callerIdentity = [...leave, ...names.slice(0, NAMES_TOLD_MAX)].join(', ')
    access.callerWarning =
      innerNames === 'checked' ? warning : 'the name that the TLS inside asks for is not held against the destination'
  }

  /** The caller left, or had to, before anything was found out. */
  left(reason = new SidecarError('CALLER_LEFT', 'the caller left before it was answered')): void {
    this.fail(reason)
  }

  /** The answer to send for an error, as latin1 text; its status becomes the record's. */
  errorReply(error: SidecarError, how: { close: boolean; bodyless: boolean }): string {
    const { access } = this
    if (this.isTerse) {
      const { status, text } = terseReply(error)
      access.status = status
      return text
    }
    const destination = access.host === '' ? undefined : `${access.host}:${access.port}`
    const form = { html: prefersHtml(this.#asked?.fields.pairs ?? []), message: this.#refusalMessage }
    const context = { destination, requestId: access.requestId, policyVersion: access.version, ...form, ...how }
    const { status, text } = errorReply(error, context)
    access.status = status
    return text
  }

  /** Completes the sums; the record is final then. */
  close(): AccessRecord {
    const { access } = this
    access.timeMs = Date.now()
    access.totalMs = performance.now() - this.#startMs
    const wire = this.#backend?.wire
    if (wire !== undefined) {
      access.bytesIn = wire.bytesIn - this.#bytesInBefore
      access.bytesOut = wire.bytesOut - this.#bytesOutBefore
    }
    if (this.settled !== undefined) this.#settle()
    return access
  }

  #settle(): void {
    const tell = this.settled
    this.settled = undefined
    tell?.(this.access)
  }
}

const NAMES_TOLD_MAX = 3
