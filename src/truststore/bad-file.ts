import { SidecarError } from '../errors.ts'

/** Makes the error for one file of a trust store. */
export function badFile(file: string, what: string, cause?: unknown): SidecarError {
  return new SidecarError('OPERATOR_BAD_TRUST_STORE', `trust store file ${file}: ${what}`, { details: { file }, cause })
}
