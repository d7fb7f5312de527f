/** The access record of one request or tunnel as it fills up: who asked, where it went, what was found, how it ended. */
import type { BackendConnection, DialPhases, TlsFacts } from '../backend/verified-backend.ts'
import { type ErrorCode, faultOf, type SidecarError } from '../errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import { type AccessRecord, emptyAccessRecord } from '../observe/access-record.ts'
import type { Decision } from '../policy/decision.ts'
import { serverNameFor } from '../policy/names.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { TunnelEnd } from '../tunnel/tunnel.ts'
import { errorReply } from './error-reply.ts'

/** What an error's details may carry about the decision that denied, or the handshake that was refused. */
interface RefusalDetails {
  readonly decision?: Decision
  readonly verdict?: Verdict
  readonly tls?: TlsFacts
  readonly address?: string
  readonly phases?: DialPhases
}

const tunnelErrors: Record<Exclude<TunnelEnd, 'complete'>, ErrorCode> = {
  'caller-closed': 'CALLER_LEFT',
  'backend-closed': 'BACKEND_CLOSED_EARLY',
  idle: 'BACKEND_IDLE_TIMEOUT',
  cut: 'INTERNAL_DRAINING',
}

export class RequestRecord {
  readonly access: AccessRecord = emptyAccessRecord()
  readonly #startMs = performance.now()
  #sentMs = 0
  #backend: BackendConnection | undefined
  #bytesInBefore = 0
  #bytesOutBefore = 0

  constructor(origin: { requestId: string; caller: string; callerPort: number; version: number; generation: number }) {
    const { access } = this
    access.requestId = origin.requestId
    access.caller = origin.caller
    access.callerPort = origin.callerPort
    access.version = origin.version
    access.generation = origin.generation
  }

  begin(head: RequestHead): void {
    this.access.method = head.method
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
    if (!reused) this.#phases(backend.phases)
    if (backend.tls !== undefined) this.judged(backend.verdict, backend.tls)
  }

  /** A verdict stands for the connection, its own or that of the verifying handshake made for a tunnel. */
  judged(verdict: Verdict | undefined, tls: TlsFacts | undefined): void {
    const { access } = this
    if (verdict !== undefined) {
      access.verdict = verdict.outcome
      access.findings = verdict.findings
      access.wouldRefuse = verdict.wouldRefuse
      access.because = verdict.because
      access.decision = verdict.outcome === 'allowed' ? 'allow-untrusted' : access.decision
    }
    if (tls === undefined) return
    access.protocol = tls.protocol
    access.cipher = tls.cipher
    access.group = tls.group
    access.resumed = tls.resumed
  }

  answered(status: number): void {
    this.access.status = status
    this.access.firstByteMs = performance.now() - this.#sentMs
  }

  fail(error: SidecarError): void {
    const { access } = this
    access.error = error.code
    access.message = error.message
    const { decision, verdict, tls, address, phases } = error.details as RefusalDetails
    if (decision !== undefined) this.decided(decision, access.method === 'CONNECT' ? 'connect' : 'originate', '')
    this.judged(verdict, tls)
    if (address !== undefined) access.address = address
    if (phases !== undefined) this.#phases(phases)
    access.decision = faultOf(error.code) === 'policy' ? 'deny' : 'error'
  }

  /** A tunnel ended before both sides had said that they were done. */
  cutShort(end: Exclude<TunnelEnd, 'complete'>): void {
    this.access.error = tunnelErrors[end]
    this.access.message = `the tunnel ended: ${end}`
  }

  /** The answer to send for an error, as latin1 text; its status becomes the record's. */
  errorReply(error: SidecarError, how: { close: boolean; bodyless: boolean }): string {
    const { access } = this
    const destination = access.host === '' ? undefined : `${access.host}:${access.port}`
    const context = { destination, requestId: access.requestId, policyVersion: access.version, ...how }
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
    return access
  }

  #phases(phases: DialPhases): void {
    this.access.dnsMs = phases.dnsMs
    this.access.connectMs = phases.connectMs
    this.access.tlsMs = phases.tlsMs
  }
}
