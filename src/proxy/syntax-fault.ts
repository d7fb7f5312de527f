import { asSidecarError, SidecarError } from '../errors.ts'
import { HttpSyntaxError } from '../http/syntax-error.ts'

/** Makes the error for an answer that cannot be passed on. */
export function badAnswer(message: string): SidecarError {
  return new SidecarError('BACKEND_BAD_RESPONSE', message)
}

/** Says whose fault a broken message is: http/ only knows that it is broken. Anything else thrown stays what it is. */
export function syntaxFault(thrown: unknown, code: 'CALLER_BAD_REQUEST' | 'BACKEND_BAD_RESPONSE'): SidecarError {
  if (!(thrown instanceof HttpSyntaxError)) return asSidecarError(thrown)
  const tooLarge = code === 'CALLER_BAD_REQUEST' && thrown.reason === 'too-many-fields'
  return new SidecarError(tooLarge ? 'CALLER_HEAD_TOO_LARGE' : code, thrown.message, {
    details: { reason: thrown.reason },
    cause: thrown,
  })
}
