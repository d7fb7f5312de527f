import { SidecarError } from '../errors.ts'

/** Makes the error for one file of a trust store; `what` is among its details too, for files that are in none. */
export function badFile(file: string, what: string, cause?: unknown): SidecarError {
  const message = `trust store file ${file}: ${what}`
  return new SidecarError('OPERATOR_BAD_TRUST_STORE', message, { details: { file, what }, cause })
}
