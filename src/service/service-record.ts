/** The access record of one caller of a service as it fills up: the same line as the proxy's, under the service's name. */

import type { OpenedConnection } from '../backend/dial/open-connection.ts'
import { noteEarlyEnd, noteFailure, notePhases, noteVerdict } from '../backend/note-access.ts'
import type { SidecarError } from '../errors.ts'
import type { SecureCaller } from '../incoming/incoming-tls.ts'
import { type AccessRecord, emptyAccessRecord } from '../observe/access-record.ts'
import type { Decision } from '../policy/decision.ts'
import { serverNameFor } from '../policy/names.ts'
import { isSecure, type ServiceBackend } from '../settings/service.ts'
import type { TunnelEnd } from '../tunnel/tunnel.ts'
import type { Wire } from '../wire/wire.ts'

export interface RecordOrigin {
  readonly requestId: string
  readonly entrance: string
  readonly version: number
  readonly generation: number
}

export class ServiceRecord {
  readonly access: AccessRecord = emptyAccessRecord()
  readonly #startMs = performance.now()
  #backend: Wire | undefined

  constructor(origin: RecordOrigin) {
    Object.assign(this.access, origin, { kind: 'service' })
  }

  calledBy(address: string, port: number): void {
    this.access.caller = address
    this.access.callerPort = port
  }

  /** The caller speaks TLS with us, and may have shown who it is. */
  calledAs({ identity, protocol, hasOurs }: SecureCaller): void {
    const { access } = this
    access.callerProtocol = protocol
    access.callerIdentity = identity?.names.slice(0, NAMES_TOLD_MAX).join(', ') ?? ''
    if (hasOurs) access.callerWarning = 'the caller shows the certificate of this service: each needs one of its own'
  }

  /** A backend is about to be tried; the last one tried is the one that the line names. */
  decided(decision: Decision, scheme: ServiceBackend['scheme']): void {
    const { access } = this
    access.scheme = scheme
    access.host = decision.destination.host
    access.port = decision.destination.port
    access.rule = decision.rule.name
    access.sni = isSecure(scheme) ? serverNameFor(decision.rule, decision.destination) : ''
  }

  reached({ backend, plainBecause }: OpenedConnection): void {
    const { access } = this
    this.#backend = backend.wire
    access.address = backend.address
    notePhases(access, backend.phases)
    noteVerdict(access, backend.verdict, backend.tls)
    if (plainBecause === undefined) return
    // Nobody vouches for a connection whose TLS was left out: it is told like every other that is let through so.
    access.scheme = 'tcp'
    access.decision = 'allow-untrusted'
    access.because = ['starttls-may']
    access.message = `${plainBecause}; the rule lets it go on in plain text`
  }

  fail(error: SidecarError): void {
    noteFailure(this.access, error)
  }

  ended(end: TunnelEnd, error: Error | undefined): void {
    if (end !== 'complete') noteEarlyEnd(this.access, end, error)
  }

  /** Completes the sums; the record is final then. */
  close(): AccessRecord {
    const { access } = this
    access.timeMs = Date.now()
    access.totalMs = performance.now() - this.#startMs
    access.bytesIn = this.#backend?.bytesIn ?? 0
    access.bytesOut = this.#backend?.bytesOut ?? 0
    return access
  }
}

const NAMES_TOLD_MAX = 3
