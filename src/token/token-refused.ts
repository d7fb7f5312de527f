import { SidecarError } from '../errors.ts'

/** Makes the error for a token that is not taken; the sentence goes on from "the token". */
export function tokenRefused(what: string, cause?: unknown): SidecarError {
  return new SidecarError('CALLER_TOKEN_REFUSED', `the token ${what}`, { cause })
}
