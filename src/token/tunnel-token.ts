/** What a token says, and the limits on it. */

/** Leave to open a tunnel to one destination, through one entrance, for a while. */
export interface TunnelToken {
  /** Begins with the end of its life, so that what is kept about it can be thrown away by its name. */
  readonly id: string
  /** The service it is for. */
  readonly audience: string
  /** Who it was given to. */
  readonly subject: string
  /** `host:port`, canonical. */
  readonly to: string
  readonly issuedMs: number
  readonly expiresMs: number
  /** It opens one tunnel. */
  readonly once: boolean
  /** Whether the name that the handshake inside asks for is held against the destination. */
  readonly innerNames: 'checked' | 'unchecked'
  /** The key it was made with. */
  readonly keyId: string
}

/** Whoever needs longer asks again: a token that is out can only be revoked by somebody who knows of it. */
export const TTL_MAX_MS = 86_400_000
/** The clocks of whoever makes tokens and of whoever takes them may differ by this much. */
export const CLOCK_SKEW_MS = 300_000
/** Longer than any that we make. */
export const TOKEN_LENGTH_MAX = 4096
/** Who we are, to a token. */
export const ISSUER = 'vedette'
/** What kind of JWT it is, said in both headers. */
export const OUTER_TYPE = 'vedette-tunnel'
export const INNER_TYPE = 'vedette-tunnel+jwt'

/** The end of its life in seconds, base 36, and what makes it one of its kind. */
export const TOKEN_ID = /^([0-9a-z]{6,8})-[A-Za-z0-9_-]{22}$/
