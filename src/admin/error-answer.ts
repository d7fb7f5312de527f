/**
 * The admin API's one translator from error codes to HTTP: a status and application/problem+json (RFC 9457). Nobody
 * else in this room maps codes.
 */
import { type ErrorCode, entryOf, errorCodes, faultOf, type SidecarError } from '../errors.ts'
import type { Problem as TextProblem } from '../policy/document/problem.ts'
import type { Place, Problem } from './contract.ts'
import { placeOf } from './places.ts'

const statuses: Partial<Record<ErrorCode, number>> = {
  CALLER_BAD_TARGET: 422,
  OPERATOR_BAD_REQUEST: 422,
  OPERATOR_BAD_BACKUP: 422,
  OPERATOR_USAGE: 422,
  OPERATOR_BAD_DOCUMENT: 422,
  OPERATOR_BAD_TRUST_STORE: 422,
  OPERATOR_BAD_IDENTITY: 422,
  OPERATOR_POLICY_TEST_FAILED: 422,
  OPERATOR_NOT_SIGNED_IN: 401,
  OPERATOR_SIGN_IN_FAILED: 401,
  OPERATOR_NOT_PERMITTED: 403,
  OPERATOR_CROSS_SITE: 403,
  OPERATOR_NOT_FOUND: 404,
  OPERATOR_VERSION_UNKNOWN: 404,
  OPERATOR_CONFLICT: 409,
  OPERATOR_NOTHING_TO_CONFIRM: 409,
  OPERATOR_EDIT_CONFLICT: 412,
  OPERATOR_TOO_LARGE: 413,
  OPERATOR_NO_PRECONDITION: 428,
  OPERATOR_BUSY: 429,
  OPERATOR_TOO_MANY_TRIES: 429,
  OPERATOR_FILE_UNWRITABLE: 507,
  INTERNAL_AT_LIMIT: 503,
  INTERNAL_DRAINING: 503,
}

/** Tells the status an error is answered with. */
export function statusOf({ code, details }: SidecarError): number {
  if (code === 'OPERATOR_BAD_REQUEST' && typeof details.status === 'number') return details.status
  const status = statuses[code]
  if (status !== undefined) return status
  return faultOf(code) === 'policy' ? 403 : faultOf(code) === 'backend' ? 502 : 500
}

/** Makes the body of a refusal; what nobody expected is not told, only where it can be looked up. */
export function problemOf(error: SidecarError, requestId: string): Problem {
  const { code, message, details } = error
  const isOurs = code === 'INTERNAL_ERROR'
  return {
    type: `urn:vedette:error:${code}`,
    title: errorCodes[code].hint,
    status: statusOf(error),
    detail: isOurs ? 'something went wrong on our side; the log has it under this request id' : message,
    instance: requestId,
    code,
    see: entryOf(code),
    errors: isOurs ? [] : placesIn(error),
    details: isOurs ? {} : factsOf(details),
  }
}

function placesIn({ details }: SidecarError): Place[] {
  if (Array.isArray(details.places)) return details.places as Place[]
  return Array.isArray(details.problems) ? (details.problems as TextProblem[]).map(placeOf) : []
}

/** What a client can act upon. Lists of problems are told as places already, and paths of this machine concern nobody. */
function factsOf(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { problems: _, places: __, status: ___, file: ____, ...facts } = details
  return facts
}
