/**
 * Reads a token that somebody brought. Nothing of it is believed before its turn: its length, then its header, which must
 * be the very one that we write, then the encryption, the signature, and what it says. No choice is left to it: not
 * the algorithm, not where a key comes from.
 */
import crypto from 'node:crypto'
import { compactDecrypt, errors, type JWTPayload, jwtVerify } from 'jose'
import { SidecarError } from '../errors.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import type { TokenKey } from '../settings/snapshot.ts'
import { tokenRefused } from './token-refused.ts'
import * as limits from './tunnel-token.ts'

/** Keys ready for use, by their ids. */
export type KeyRing = ReadonlyMap<string, { readonly verifying: crypto.KeyObject; readonly hiding: Uint8Array }>

/** Makes keys ready for use. */
export function makeKeyRing(keys: readonly TokenKey[]): KeyRing {
  return new Map(
    keys.map(({ id, verifying, hiding }) => [
      id,
      { verifying: crypto.createPublicKey(verifying), hiding: Buffer.from(hiding, 'base64url') },
    ]),
  )
}

export interface TokenQuestion {
  readonly keys: KeyRing
  /** The service that is asked; undefined takes any, for whoever only looks. */
  readonly audience: string | undefined
  readonly nowMs: number
}

/** Reads it, or throws CALLER_TOKEN_REFUSED; what is wrong is for our log, not for whoever brought it. */
export async function readToken(text: string, { keys, audience, nowMs }: TokenQuestion): Promise<limits.TunnelToken> {
  const keyId = keyIdOf(text)
  const key = keys.get(keyId)
  if (key === undefined) throw tokenRefused('was made with a key that is not here')
  try {
    const { plaintext } = await compactDecrypt(text, key.hiding, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    const { payload, protectedHeader } = await jwtVerify(plaintext, key.verifying, {
      algorithms: ['EdDSA'],
      typ: limits.INNER_TYPE,
      issuer: limits.ISSUER,
      ...(audience === undefined ? {} : { audience }),
      requiredClaims: ['aud', 'sub', 'jti', 'iat', 'exp', 'to'],
      currentDate: new Date(nowMs),
    })
    // A token is all of one key: two halves of different keys were never put together by us.
    if (protectedHeader.kid !== keyId) throw tokenRefused('is signed with another key than it is hidden with')
    return tokenOf(payload, { keyId, nowMs })
  } catch (thrown) {
    if (thrown instanceof SidecarError) throw thrown
    throw tokenRefused(whyOf(thrown), thrown)
  }
}

const SHAPE = /^([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/

/** The header must be ours to the letter: what else a header may say (crit, zip, jku, p2c, …) is never looked at. */
function keyIdOf(text: string): string {
  if (text.length > limits.TOKEN_LENGTH_MAX) throw tokenRefused('is longer than any of ours')
  const [, header] = SHAPE.exec(text) ?? []
  if (header === undefined) throw tokenRefused('is not shaped like one of ours')
  const [, keyId] = HEADER.exec(Buffer.from(header, 'base64url').toString('latin1')) ?? []
  if (keyId === undefined) throw tokenRefused('has a header that is not ours')
  return keyId
}

const HEADER = new RegExp(
  `^\\{"alg":"dir","enc":"A256GCM","typ":"${limits.OUTER_TYPE}","cty":"JWT","kid":"([0-9a-f]{12})"\\}$`,
)

function tokenOf(
  { aud, sub, jti, iat, exp, to, once, names }: JWTPayload,
  { keyId, nowMs }: { readonly keyId: string; readonly nowMs: number },
): limits.TunnelToken {
  const [, end] = limits.TOKEN_ID.exec(String(jti)) ?? []
  const isSound =
    typeof aud === 'string' &&
    typeof sub === 'string' &&
    typeof to === 'string' &&
    Number.isSafeInteger(iat) &&
    Number.isSafeInteger(exp) &&
    Number.parseInt(end ?? '', 36) === exp
  if (!isSound) throw tokenRefused('says something that none of ours says')
  const [issuedMs, expiresMs] = [(iat as number) * 1000, (exp as number) * 1000]
  if (expiresMs - issuedMs > limits.TTL_MAX_MS) throw tokenRefused('lives longer than a token may')
  // By a clock that was put back a token would live for that much longer.
  if (issuedMs > nowMs + limits.CLOCK_SKEW_MS) throw tokenRefused('was made in the future: the clocks differ')
  return {
    id: String(jti),
    audience: aud,
    subject: sub,
    to: parseAuthority(to).authority,
    issuedMs,
    expiresMs,
    once: once === true,
    innerNames: names === 'unchecked' ? 'unchecked' : 'checked',
    keyId,
  }
}

function whyOf(thrown: unknown): string {
  if (thrown instanceof errors.JWTExpired) return 'has expired'
  if (thrown instanceof errors.JWTClaimValidationFailed && thrown.claim === 'aud') return 'is for another service'
  if (thrown instanceof errors.JWTClaimValidationFailed) return `does not hold in ${thrown.claim}`
  if (thrown instanceof errors.JWEDecryptionFailed) return 'was changed or is not of this key'
  if (thrown instanceof errors.JWSSignatureVerificationFailed) return 'is not signed by us'
  return 'cannot be read'
}
