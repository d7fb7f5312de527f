import { SidecarError } from '../errors.ts'

/** Most certificates one file may hold: ten times what the largest public list has ever had. */
export const CERTIFICATES_MAX = 10_000

/** Makes the error for a key store or PKCS#7 file; `what` continues the sentence "trust store file X: …". */
export function badContainer(what: string, cause?: unknown): SidecarError {
  return new SidecarError('OPERATOR_BAD_TRUST_STORE', what, { cause })
}

/**
 * The passwords to try. A store of public certificates is often written with no password or with Java's well-known
 * one, because the format asks for some; such a file is read without any ceremony.
 */
export function passwordsFor(given: string | undefined): readonly string[] {
  return given === undefined ? ['', 'changeit'] : [given]
}

/** Words the failure of every password there was. */
export function wrongPassword(given: string | undefined): SidecarError {
  if (given !== undefined) return badContainer('the password is wrong, or the file is damaged')
  return badContainer(
    'needs a password (neither none nor "changeit" opens it), or is damaged; put it into a file of the same name with .password added',
  )
}
