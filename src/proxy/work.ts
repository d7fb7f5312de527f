import type { OpenConnection } from '../backend/judge/reweigh.ts'
import type { SidecarError } from '../errors.ts'
import type { Wire } from '../wire/wire.ts'

/** What a request turned into: an exchange with a backend, or a tunnel being opened. */
export interface Work {
  /** It cannot take more of the caller's bytes for now, so the caller should not be read from. */
  readonly blocked: boolean
  /** The backend connection it uses at this moment. */
  readonly held: OpenConnection | undefined
  /** Begins; `bytesFollow` tells that a first piece of the body is at hand and will be offered at once. */
  start(bytesFollow: boolean): void
  /** Takes bytes that follow the head; tells how many it took, 0 while it can take none. */
  take(bytes: Buffer): number
  /** The caller will send no more. */
  callerEnded(): void
  /** What was written to the caller has left, after a write had answered false. */
  callerDrained(): void
  callerClosed(error: Error | undefined): void
  /** The caller is about to be cut, by the drain deadline or for the reason given: the work ends, and its record says so. */
  cut(reason?: SidecarError): void
  /** The deadline that the work had set on the caller has passed. */
  expired(): void
}

/** What a work may do with the caller it works for. */
export interface CallerConnection {
  readonly wire: Wire
  /** The work's own deadline while it lasts, in milliseconds of `performance.now()`. */
  deadline: number
  /** True once this connection will carry no further request: the answer must say so. */
  readonly lastAnswer: boolean
  /** Offers held bytes again: the work can take some now. */
  pump(): void
  /** The work is over; `keep` lets the connection carry the next request. */
  done(outcome: { keep: boolean }): void
  /** Lets go of the wire, for a tunnel; gives out the bytes that were read ahead. */
  handOff(): Buffer
}
