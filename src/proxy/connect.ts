/**
 * CONNECT: a tunnel for a caller that brings its own TLS. The destination rules have spoken already; what is left is
 * the verdict of our own verifying handshake with the same backend, a connection to the very address it was reached
 * at, and a first look at what the caller sends: nothing that is not TLS gets through, unless the rule allows plain text.
 */
import type { BackendConnection } from '../backend/verified-backend.ts'
import { asSidecarError, SidecarError } from '../errors.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import type { WireReader } from '../wire/wire.ts'
import type { EntranceContext } from './entrance-context.ts'
import type { RequestRecord } from './request-record.ts'
import type { CallerConnection, Work } from './work.ts'

const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n'

/** ContentType handshake and the major version: how every TLS record that a client may begin with starts (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16
const TLS_MAJOR_VERSION = 0x03

export interface ConnectRequest {
  readonly caller: CallerConnection
  readonly decision: AllowedDecision
  readonly record: RequestRecord
}

export class Connect implements Work, WireReader {
  readonly #entrance: EntranceContext
  readonly #caller: CallerConnection
  readonly #decision: AllowedDecision
  readonly #record: RequestRecord
  #backend: BackendConnection | undefined
  #over = false

  constructor(entrance: EntranceContext, { caller, decision, record }: ConnectRequest) {
    this.#entrance = entrance
    this.#caller = caller
    this.#decision = decision
    this.#record = record
  }

  readonly blocked = false

  start(): void {
    void this.#open()
  }

  // --- what the caller does ---

  take(bytes: Buffer): number {
    const backend = this.#backend
    if (backend === undefined) return 0
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

  cut(): void {
    this.#abandon(new SidecarError('INTERNAL_DRAINING', 'the drain deadline cut the tunnel before it carried anything'))
  }

  expired(): void {
    this.#abandon(new SidecarError('CALLER_TIMEOUT', 'the caller sent nothing into its tunnel in time'))
    this.#caller.wire.reset()
  }

  // --- what the backend does before the caller has spoken ---

  bytes(): void {
    this.#refuseBytes('the backend spoke first, which no TLS server does')
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

  // --- the steps ---

  async #open(): Promise<void> {
    try {
      const address = this.#decision.rule.plaintext ? undefined : await this.#verify()
      if (this.#over) return
      const backend = await this.#entrance.backends.dialPlain(this.#decision, address)
      if (this.#over) return backend.wire.destroy()
      this.#established(backend)
    } catch (thrown) {
      this.#refuse(asSidecarError(thrown))
    }
  }

  async #verify(): Promise<string> {
    const { verdict, tls, address } = await this.#entrance.backends.verdictFor(this.#decision)
    this.#record.judged(verdict, tls)
    return address
  }

  #established(backend: BackendConnection): void {
    this.#backend = backend
    backend.wire.reader = this
    this.#record.reached(backend, false)
    this.#record.answered(200)
    this.#caller.wire.write(ESTABLISHED)
    if (this.#decision.rule.plaintext) return this.#join(backend, this.#caller.handOff())
    this.#caller.deadline = performance.now() + this.#entrance.timeouts.headMs
    this.#caller.pump()
  }

  #join(backend: BackendConnection, ahead: Buffer): void {
    this.#over = true
    this.#entrance.openTunnel({ caller: this.#caller, backend, record: this.#record, ahead })
  }

  #refuse(error: SidecarError): void {
    if (this.#over) return
    this.#over = true
    this.#record.fail(error)
    this.#caller.wire.write(this.#record.errorReply(error, { close: true, bodyless: false }))
    this.#entrance.finished(this.#record)
    this.#caller.done({ keep: false })
  }

  /** After our 200 there is no HTTP left to refuse in: the connection is cut, and the log says why. */
  #refuseBytes(message: string): void {
    this.#abandon(new SidecarError('POLICY_NOT_TLS', message))
    this.#caller.wire.reset()
  }

  #abandon(error: SidecarError): void {
    this.#backend?.wire.destroy()
    if (this.#over) return
    this.#over = true
    this.#record.fail(error)
    this.#entrance.finished(this.#record)
  }
}
