import crypto from 'node:crypto'

/** Makes a secret of 256 bits that says in its first letters what it is for, so that a scanner of leaks knows it. */
export function makeToken(kind: 'session' | 'key' | 'setup'): string {
  return `vdt_${kind}_${crypto.randomBytes(32).toString('base64url')}`
}

/**
 * Hashes a token for storage and look-up. Plain SHA-256 is enough for 256 random bits, and a look-up by hash tells
 * nobody how much of a guess was right: the hash of a near miss is as far off as any other.
 */
export function hashToken(token: string): string {
  return crypto.hash('sha256', token, 'hex')
}

/** Makes the token of a setup link, with the hash to be stored. */
export function makeSetupToken(): { readonly token: string; readonly hash: string } {
  const token = makeToken('setup')
  return { token, hash: hashToken(token) }
}

/** Makes a name for something that may be shown. */
export function makeId(): string {
  return crypto.randomBytes(9).toString('base64url')
}
