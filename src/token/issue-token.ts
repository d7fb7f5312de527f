import crypto from 'node:crypto'
import { CompactEncrypt, SignJWT } from 'jose'
import type { IssuingKey } from './token-key.ts'
import { INNER_TYPE, ISSUER, OUTER_TYPE, type TunnelToken } from './tunnel-token.ts'

/** What a token is asked to say. */
export interface TokenWish extends Pick<TunnelToken, 'audience' | 'subject' | 'to' | 'once' | 'innerNames'> {
  readonly ttlMs: number
}

const ID_BYTES = 16

/** Signs, then encrypts: nobody on the way learns where it leads, and nobody without the key can make one. */
export async function issueToken(
  { audience, subject, to, once, innerNames, ttlMs }: TokenWish,
  { key, nowMs }: { readonly key: IssuingKey; readonly nowMs: number },
): Promise<{ readonly id: string; readonly token: string; readonly expiresMs: number }> {
  const issued = Math.floor(nowMs / 1000)
  const expires = issued + Math.ceil(ttlMs / 1000)
  const id = `${expires.toString(36)}-${crypto.randomBytes(ID_BYTES).toString('base64url')}`
  const claims = { to, ...(once ? { once } : {}), ...(innerNames === 'unchecked' ? { names: innerNames } : {}) }
  const signed = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: INNER_TYPE, kid: key.id })
    .setIssuer(ISSUER)
    .setAudience(audience)
    .setSubject(subject)
    .setJti(id)
    .setIssuedAt(issued)
    .setExpirationTime(expires)
    .sign(crypto.createPrivateKey(key.signing))
  const token = await new CompactEncrypt(Buffer.from(signed))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: OUTER_TYPE, cty: 'JWT', kid: key.id })
    .encrypt(Buffer.from(key.hiding, 'base64url'))
  return { id, token, expiresMs: expires * 1000 }
}
