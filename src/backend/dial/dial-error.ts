import { faultOf, type SidecarError } from '../../errors.ts'
import { type DialFailure, dialError, type FailedAttempt } from './network-errors.ts'

/** How far the last attempt of a dial got. */
interface FailedDial {
  readonly connectMs: number
  readonly tlsMs: number
  readonly isConnected: boolean
  /** The caller was asked in between, and its answer fits this one connection. */
  readonly hasAsked: boolean
}

/** A dial that failed at its last address. */
export class DialError extends Error {
  readonly attempts: readonly FailedAttempt[]
  readonly connectMs: number
  readonly tlsMs: number
  /** True when TCP stood and TLS failed. */
  readonly isHandshake: boolean
  readonly #authority: string
  readonly #hasAsked: boolean

  constructor(authority: string, attempts: readonly FailedAttempt[], last: FailedDial) {
    super(`dial of ${authority} failed`)
    this.#authority = authority
    this.attempts = attempts
    this.connectMs = last.connectMs
    this.tlsMs = last.tlsMs
    this.#hasAsked = last.hasAsked
    // A caller that left while it was asked tells nothing of the backend.
    this.isHandshake = last.isConnected && faultOf(this.failure.code) !== 'caller'
  }

  get failure(): DialFailure {
    return (this.attempts.at(-1) as FailedAttempt).failure
  }

  /** True when TCP stood, the handshake broke off or went silent without an alert, and it may be tried in another way. */
  get isBroken(): boolean {
    return this.isHandshake && !this.#hasAsked && this.failure.broken === true
  }

  get address(): string {
    return (this.attempts.at(-1) as FailedAttempt).address
  }

  toSidecarError(): SidecarError {
    return dialError(this.#authority, this.attempts)
  }
}
