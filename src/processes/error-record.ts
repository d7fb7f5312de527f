/** Errors as plain JSON, because they cross two borders here: between our processes, and to the command line. */
import { asSidecarError, type ErrorCode, type ErrorDetails, SidecarError } from '../errors.ts'

export interface ErrorRecord {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

/** Describes anything thrown as a record; what was not thrown on purpose is INTERNAL_ERROR. */
export function recordOf(thrown: unknown): ErrorRecord {
  const { code, message, details } = asSidecarError(thrown)
  return { code, message, details }
}

/** Makes the error of a record again. */
export function errorOf({ code, message, details }: ErrorRecord): SidecarError {
  return new SidecarError(code, message, { details })
}
