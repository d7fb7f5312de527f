/**
 * How an upstream proxy is asked to open the way to a backend, before anything else goes over the connection: a pure
 * machine, bytes in, a step out. What stands behind its go-ahead is the backend's, and is given on untouched.
 */
import type { Destination } from '../../policy/destination.ts'
import type { Credentials } from '../../settings/snapshot.ts'

export type OpeningStep =
  /** More of the proxy's words are needed; `write` goes out first, if there is any. */
  | { readonly kind: 'more'; readonly write?: Buffer }
  /** The way is open; `rest` came behind the proxy's words. */
  | { readonly kind: 'open'; readonly rest: Buffer }
  /** There is no way: `what` stands behind the name of the proxy. */
  | { readonly kind: 'refused'; readonly what: string }

export interface Opening {
  /** Who is asked, as `host:port`. */
  readonly proxy: string
  /** What is said as soon as the connection stands. */
  begin(): Buffer
  /** Takes what has just arrived; it is copied where it is needed longer. */
  take(bytes: Buffer): OpeningStep
}

/** Whom to ask for what, and who we are to it. */
export interface OpeningWish {
  readonly proxy: string
  readonly destination: Destination
  readonly credentials: Credentials | undefined
}

export const refused = (what: string): OpeningStep => ({ kind: 'refused', what })
