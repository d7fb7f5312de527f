/**
 * The keys of tunnel tokens: one pair to sign with, and one secret that hides what a token says. Whoever issues needs all
 * of it; whoever only takes tokens never sees the half that makes them.
 */
import crypto from 'node:crypto'
import type { TokenKey } from '../settings/snapshot.ts'

/** A key as it stands in its file. */
export interface IssuingKey {
  /** Chosen by us: it stands readable in every token. */
  readonly id: string
  readonly createdMs: number
  /** Ed25519, PKCS#8 in PEM. */
  readonly signing: string
  /** 256 bits, base64url. */
  readonly hiding: string
}

const ID_BYTES = 6
const HIDING_BYTES = 32

/** Makes a new key. */
export function makeIssuingKey(nowMs: number): IssuingKey {
  const { privateKey } = crypto.generateKeyPairSync('ed25519')
  return {
    id: crypto.randomBytes(ID_BYTES).toString('hex'),
    createdMs: nowMs,
    signing: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    hiding: crypto.randomBytes(HIDING_BYTES).toString('base64url'),
  }
}

/** Leaves out the half that makes tokens. */
export function takingHalf({ id, signing, hiding }: IssuingKey): TokenKey {
  const verifying = crypto.createPublicKey(signing).export({ type: 'spki', format: 'pem' }) as string
  return { id, verifying, hiding }
}

/** Reads the text of a key file; undefined for anything that is no such key. */
export function parseIssuingKey(text: string): IssuingKey | undefined {
  try {
    const { id, createdMs, signing, hiding } = JSON.parse(text) as Record<string, unknown>
    const isShaped =
      typeof id === 'string' &&
      KEY_ID.test(id) &&
      Number.isSafeInteger(createdMs) &&
      typeof signing === 'string' &&
      typeof hiding === 'string' &&
      Buffer.from(hiding, 'base64url').length === HIDING_BYTES
    if (!isShaped || crypto.createPrivateKey(signing).asymmetricKeyType !== 'ed25519') return undefined
    return { id, createdMs: createdMs as number, signing, hiding }
  } catch {
    return undefined
  }
}

const KEY_ID = /^[0-9a-f]{12}$/
