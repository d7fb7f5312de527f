/**
 * CONNECT, of HTTP or of SOCKS: a tunnel for a caller that brings its own TLS. The destination rules have spoken already; what is left is
 * the verdict of our own verifying handshake with the same backend, a connection to the very address it was reached
 * at, and the caller's own handshake, read as it passes (tunnel-inspection.ts). A rule may ask for less; what is not TLS
 * gets through in no case, unless the rule allows plain text.
 */
import type { OpenConnection } from '../backend/judge/reweigh.ts'
import type { BackendConnection } from '../backend/verified-backend.ts'
import { asSidecarError, SidecarError } from '../errors.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import type { WireReader } from '../wire/wire.ts'
import type { EntranceContext } from './entrance-context.ts'
import type { RequestRecord } from './request-record.ts'
import { TunnelInspection } from './tunnel-inspection.ts'
import type { TunnelVoice } from './tunnel-voice.ts'
import type { CallerConnection, Work } from './work.ts'

/** ContentType handshake and the major version: how every TLS record that a client may begin with starts (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16
const TLS_MAJOR_VERSION = 0x03

/** A fatal alert access_denied in a record of its own (RFC 8446 §6). */
const ACCESS_DENIED = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x31])

export interface ConnectRequest {
  readonly caller: CallerConnection
  readonly decision: AllowedDecision
  readonly record: RequestRecord
  readonly voice: TunnelVoice
  /** unchecked does not mind which name the caller's own TLS asks for. */
  readonly innerNames?: 'checked' | 'unchecked'
  /** Names of the caller, where it showed any. */
  readonly names?: readonly string[]
}

export class Connect implements Work, WireReader {
  readonly #entrance: EntranceContext
  readonly #caller: CallerConnection
  readonly #decision: AllowedDecision
  readonly #record: RequestRecord
  readonly #voice: TunnelVoice
  readonly #innerNames: 'checked' | 'unchecked'
  readonly #names: readonly string[] | undefined
  #backend: BackendConnection | undefined
  #inspection: TunnelInspection | undefined
  #held: OpenConnection | undefined
  #over = false

  constructor(entrance: EntranceContext, request: ConnectRequest) {
    const { caller, decision, record, voice, innerNames = 'checked', names } = request
    this.#entrance = entrance
    this.#caller = caller
    this.#decision = decision
    this.#record = record
    this.#voice = voice
    this.#innerNames = innerNames
    this.#names = names
  }

  readonly blocked = false

  start(): void {
    void this.#open()
  }

  // --- what the caller does ---

  take(bytes: Buffer): number {
    const backend = this.#backend
    if (backend === undefined) return 0
    if (this.#inspection !== undefined) return this.#inspectCaller(bytes, backend, this.#inspection)
    if (bytes[0] !== TLS_HANDSHAKE || (bytes.length > 1 && bytes[1] !== TLS_MAJOR_VERSION)) {
      this.#refuseBytes('the caller sent something that is not TLS into its tunnel')
      return bytes.length
    }
    // One byte could still be anything; it is held until the next one tells.
    if (bytes.length === 1) return 0
    this.#caller.handOff()
    this.#join(backend, Buffer.from(bytes))
    return bytes.length
  }

  callerEnded(): void {
    this.#abandon(new SidecarError('CALLER_LEFT', 'the caller closed before its tunnel carried anything'))
    this.#caller.done({ keep: false })
  }

  callerDrained(): void {}

  callerClosed(error: Error | undefined): void {
    this.#abandon(
      new SidecarError('CALLER_LEFT', 'the caller left before its tunnel carried anything', { cause: error }),
    )
  }

  get held(): OpenConnection | undefined {
    return this.#held
  }

  cut(
    reason = new SidecarError('INTERNAL_DRAINING', 'the drain deadline cut the tunnel before it carried anything'),
  ): void {
    this.#abandon(reason)
  }

  expired(): void {
    this.#abandon(this.#lateness())
    this.#caller.wire.reset()
  }

  // --- what the backend does before the caller has spoken ---

  bytes(chunk: Buffer): void {
    const inspection = this.#inspection
    if (this.#over) return
    if (inspection === undefined || !inspection.mayAnswer) {
      return this.#refuseBytes('the backend spoke first, which no TLS server does')
    }
    try {
      const released = inspection.fromBackend(chunk)
      if (released === 'held') return
      this.#record.judged(inspection.judged.verdict, inspection.judged.tls)
      this.#caller.wire.write(inspection.releaseToCaller())
      if (released === 'over') return this.#join(this.#backend as BackendConnection, this.#caller.handOff())
      this.#awaitCaller()
    } catch (thrown) {
      this.#refuseHandshake(asSidecarError(thrown))
    }
  }

  ended(): void {
    this.closed(undefined)
  }

  drained(): void {}

  closed(error: Error | undefined): void {
    const { authority } = this.#decision.destination
    const message = `${authority} closed the connection before the tunnel carried anything`
    this.#abandon(new SidecarError('BACKEND_CLOSED_EARLY', message, { cause: error }))
    this.#caller.done({ keep: false })
  }

  #lateness(): SidecarError {
    if (this.#inspection === undefined || this.#inspection.awaitsCaller) {
      return new SidecarError('CALLER_TIMEOUT', 'the caller sent no whole TLS hello into its tunnel in time')
    }
    const { authority } = this.#decision.destination
    return new SidecarError('BACKEND_HANDSHAKE_TIMEOUT', `${authority} did not answer the hello in the tunnel in time`)
  }

  // --- the steps ---

  async #open(): Promise<void> {
    try {
      const { plaintext, tunnels } = this.#decision.rule
      const address = plaintext || tunnels === 'blind' ? undefined : await this.#verify()
      if (this.#over) return
      const backend = await this.#entrance.backends.dialPlain(this.#decision, address)
      if (this.#over) return backend.wire.destroy()
      this.#established(backend)
    } catch (thrown) {
      this.#refuse(asSidecarError(thrown))
    }
  }

  async #verify(): Promise<string> {
    const { backends } = this.#entrance
    const { verdict, tls, address, chain } = await backends.verdictFor(this.#decision)
    const { destination } = this.#decision
    this.#held = { destination, address, chain, tls, ...(this.#names && { caller: this.#names }) }
    this.#record.judged(verdict, tls)
    if (this.#decision.rule.tunnels === 'inspect') {
      this.#inspection = new TunnelInspection(backends, this.#decision, {
        own: { verdict, tls, chain },
        names: this.#innerNames,
      })
    }
    return address
  }

  #established(backend: BackendConnection): void {
    this.#backend = backend
    backend.wire.reader = this
    this.#record.reached(backend, false)
    this.#caller.wire.write(this.#voice.established(this.#record))
    if (this.#decision.rule.plaintext) return this.#join(backend, this.#caller.handOff())
    this.#awaitCaller()
  }

  #awaitCaller(): void {
    this.#caller.deadline = performance.now() + this.#entrance.timeouts.headMs
    this.#caller.pump()
  }

  #inspectCaller(bytes: Buffer, backend: BackendConnection, inspection: TunnelInspection): number {
    // Early data and whatever else follows the hello waits for the verdict on the answer.
    if (!inspection.awaitsCaller) return 0
    try {
      const { taken, released } = inspection.fromCaller(bytes)
      if (released === 'held') return taken
      this.#caller.deadline = performance.now() + this.#entrance.timeouts.handshakeMs
      backend.wire.write(inspection.releaseToBackend())
      return taken
    } catch (thrown) {
      this.#refuseHandshake(asSidecarError(thrown))
      return bytes.length
    }
  }

  #join(backend: BackendConnection, ahead: Buffer): void {
    this.#over = true
    this.#entrance.openTunnel({
      caller: this.#caller,
      backend,
      record: this.#record,
      ahead,
      held: this.#held ?? backend,
    })
  }

  #refuse(error: SidecarError): void {
    if (this.#over) return
    this.#over = true
    this.#record.fail(error)
    this.#caller.wire.write(this.#voice.refusal(error, this.#record))
    this.#entrance.finished(this.#record)
    this.#caller.done({ keep: false })
  }

  /** After our answer there is nothing left to refuse in: the connection is cut, and the log says why. */
  #refuseBytes(message: string): void {
    this.#abandon(new SidecarError('POLICY_NOT_TLS', message))
    this.#caller.wire.reset()
  }

  /** A caller in mid-handshake understands an alert; a fault in the bytes themselves ends as any other such fault. */
  #refuseHandshake(error: SidecarError): void {
    if (error.code !== 'POLICY_VERDICT_REFUSED') {
      this.#abandon(error)
      return this.#caller.wire.reset()
    }
    this.#abandon(error)
    this.#caller.wire.write(ACCESS_DENIED)
    this.#caller.done({ keep: false })
  }

  #abandon(error: SidecarError): void {
    this.#backend?.wire.destroy()
    if (this.#over) return
    this.#over = true
    this.#record.fail(error)
    this.#entrance.finished(this.#record)
  }
}
