import type { Destination } from '../policy/destination.ts'
import type { ExceptionRecord, Rule } from '../policy/policy.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { PresentedChain } from './judge/read-handshake.ts'
import type { TlsFacts } from './verified-backend.ts'

/** One judged handshake with everything it showed. */
export interface Witnessed {
  readonly destination: Destination
  readonly rule: Rule
  readonly version: number
  readonly verdict: Verdict
  /** The exceptions without which it would have been refused. */
  readonly exceptions: readonly ExceptionRecord[]
  /** Undefined when backend and rule agreed on nothing. */
  readonly tls: TlsFacts | undefined
  readonly address: string
  /** The name sent (SNI); empty for none. */
  readonly serverName: string
  /** Empty for a resumed session, which shows no certificate. */
  readonly presentedChain: PresentedChain
  /** Whether an OCSP answer came with the handshake; never where the rule does not look at one. */
  readonly stapled: boolean
  /** When the first certificate of the path ends; infinite without one. */
  readonly notAfterMs: number
  readonly nowMs: number
}

/** Told of every handshake once it is judged, resumed ones included. It is on the way of traffic: quick, and it never throws. */
export type Witness = (handshake: Witnessed) => void

/** The part of a witnessed handshake that came to nothing before there was a certificate. */
export const nothingShown = {
  exceptions: [],
  tls: undefined,
  presentedChain: [],
  stapled: false,
  notAfterMs: Number.POSITIVE_INFINITY,
} as const
