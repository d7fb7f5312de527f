import type { ErrorCode } from '../errors.ts'

/** What came of one request at an entrance that takes tokens: for the record, so it says nothing secret. */
export interface TokenUse {
  readonly service: string
  /** The address of the caller; empty where it has none. */
  readonly caller: string
  /** Names of the certificate that the caller showed. */
  readonly names: readonly string[]
  /** The token's id; empty where none was taken. */
  readonly token: string
  /** Who the token was given to. */
  readonly holder: string
  /** Where it leads. */
  readonly to: string
  /** Empty when the tunnel stands. */
  readonly error: ErrorCode | ''
  /** Why it does not. */
  readonly reason: string
  /** When it was known. */
  readonly timeMs: number
}
