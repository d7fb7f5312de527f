/** What an access record says of the backend's side, for every entrance alike. */
import { type ErrorCode, faultOf, SidecarError } from '../errors.ts'
import type { AccessRecord } from '../observe/access-record.ts'
import type { Verdict } from '../policy/verdict.ts'
import { lateRefusal } from './dial/network-errors.ts'
import type { DialPhases, TlsFacts } from './verified-backend.ts'

/** What an error's details may carry about the handshake that was refused. */
interface RefusalDetails {
  readonly verdict?: Verdict
  readonly tls?: TlsFacts
  readonly address?: string
  readonly phases?: DialPhases
}

/** Notes the verdict that stands for a connection. */
export function noteVerdict(access: AccessRecord, verdict: Verdict | undefined, tls: TlsFacts | undefined): void {
  if (verdict !== undefined) {
    access.verdict = verdict.outcome
    access.findings = verdict.weighed ?? verdict.findings
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

/** Notes how long each step of a dial took. */
export function notePhases(access: AccessRecord, { dnsMs, connectMs, tlsMs }: DialPhases): void {
  access.dnsMs = dnsMs
  access.connectMs = connectMs
  access.tlsMs = tlsMs
}

/** Notes why it failed, with all that the error knows of the handshake. */
export function noteFailure(access: AccessRecord, error: SidecarError): void {
  access.error = error.code
  access.message = error.message
  const { verdict, tls, address, phases } = error.details as RefusalDetails
  noteVerdict(access, verdict, tls)
  if (address !== undefined) access.address = address
  if (phases !== undefined) notePhases(access, phases)
  access.decision = faultOf(error.code) === 'policy' ? 'deny' : 'error'
}

/** How a tunnel may end before both sides have said that they are done. */
export type EarlyEnd = 'caller-closed' | 'backend-closed' | 'idle' | 'cut' | 'refused'

const endErrors: Record<EarlyEnd, ErrorCode> = {
  'caller-closed': 'CALLER_LEFT',
  'backend-closed': 'BACKEND_CLOSED_EARLY',
  idle: 'BACKEND_IDLE_TIMEOUT',
  cut: 'INTERNAL_DRAINING',
  refused: 'POLICY_VERDICT_REFUSED',
}

/**
 * Notes the early end of a tunnel. Of TLS 1.3 a backend that does not take our client certificate says so only after
 * the handshake, with an alert: that is a refusal, not a connection that broke.
 */
export function noteEarlyEnd(access: AccessRecord, end: EarlyEnd, error: Error | undefined): void {
  const refusal = end === 'backend-closed' ? lateRefusal(`${access.host}:${access.port}`, error) : undefined
  if (refusal !== undefined) return noteFailure(access, refusal)
  const isTold = error instanceof SidecarError
  access.error = isTold ? error.code : endErrors[end]
  access.message = isTold ? error.message : `the tunnel ended: ${end}`
}
