/**
 * What PKCS#12 files are encrypted with: PBES2 (AES or 3DES behind PBKDF2) today, and the PBE of RFC 7292 (3DES, RC2)
 * in what older Java, Windows, NSS and OpenSSL wrote. Anything else is refused by its number.
 */
import crypto from 'node:crypto'
import { badContainer } from './bad-container.ts'
import { type BerElement, childrenOf, countOf, octetsOf, oidOf, TAG } from './ber.ts'
import { assertIterations, derivePkcs12, PURPOSE, type Secret } from './pkcs12-secret.ts'
import { decryptRc2Cbc } from './rc2.ts'

interface Cipher {
  /** As node:crypto names it, or RC2, which it has not. */
  readonly name: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc' | 'des-ede-cbc' | 'rc2'
  readonly keyBytes: number
  readonly blockBytes: number
}

const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const HMAC_SHA1 = '1.2.840.113549.2.7'

const legacyCiphers: Readonly<Record<string, Cipher>> = {
  '1.2.840.113549.1.12.1.3': { name: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
  '1.2.840.113549.1.12.1.4': { name: 'des-ede-cbc', keyBytes: 16, blockBytes: 8 },
  '1.2.840.113549.1.12.1.5': { name: 'rc2', keyBytes: 16, blockBytes: 8 },
  '1.2.840.113549.1.12.1.6': { name: 'rc2', keyBytes: 5, blockBytes: 8 },
}

const modernCiphers: Readonly<Record<string, Cipher>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32, blockBytes: 16 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
}

/** Object identifiers of HMACs, as PBKDF2 and PBMAC1 name them, to the hash within. */
export const hmacHashes: Readonly<Record<string, string>> = {
  [HMAC_SHA1]: 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

/** Opens encrypted bytes with the algorithm they name; undefined when this secret does not fit. */
export type Opener = (secret: Secret, bytes: Buffer) => Buffer | undefined

/** Reads an encryption algorithm; its iteration count is judged here, before any key is derived. */
export function readEncryption(element: BerElement | undefined): Opener {
  const [type, parameters] = childrenOf(element)
  const oid = oidOf(type)
  if (oid === PBES2) return readPbes2(parameters)
  const cipher = legacyCiphers[oid]
  if (cipher === undefined) throw badContainer(`is encrypted in a way that is not known here (${oid})`)
  const [salt, count] = childrenOf(parameters)
  const wish = { hash: 'sha1', salt: octetsOf(salt), iterations: assertIterations(countOf(count)) }
  return (secret, bytes) => {
    const key = derivePkcs12(secret, { ...wish, purpose: PURPOSE.key, length: cipher.keyBytes })
    const iv = derivePkcs12(secret, { ...wish, purpose: PURPOSE.iv, length: cipher.blockBytes })
    return decrypt(bytes, { cipher, key, iv })
  }
}

function readPbes2(parameters: BerElement | undefined): Opener {
  const [derivation, encryption] = childrenOf(parameters)
  const [cipherType, cipherParameters] = childrenOf(encryption)
  const cipher = modernCiphers[oidOf(cipherType)]
  if (cipher === undefined)
    throw badContainer(`is encrypted with a cipher that is not known here (${oidOf(cipherType)})`)
  const iv = octetsOf(cipherParameters)
  if (iv.length !== cipher.blockBytes) throw badContainer('is damaged: the IV of its cipher has the wrong length')
  const derive = readPbkdf2(derivation)
  return (secret, bytes) => decrypt(bytes, { cipher, iv, key: derive(secret, cipher.keyBytes) })
}

/** Reads PBKDF2's parameters and gives the derivation with them. */
export function readPbkdf2(element: BerElement | undefined): (secret: Secret, length: number) => Buffer {
  const [type, parameters] = childrenOf(element)
  if (oidOf(type) !== PBKDF2) throw badContainer(`derives its key in a way that is not known here (${oidOf(type)})`)
  const [saltPart, countPart, ...optional] = childrenOf(parameters)
  const salt = octetsOf(saltPart)
  const iterations = assertIterations(countOf(countPart))
  const hash = readHmac(optional.find(({ tag }) => tag === TAG.sequence))
  return ({ utf8 }, length) => crypto.pbkdf2Sync(utf8, salt, iterations, length, hash)
}

/** Reads which hash an HMAC is made with; SHA-1 where nothing is said. */
export function readHmac(element: BerElement | undefined): string {
  const oid = element === undefined ? HMAC_SHA1 : oidOf(childrenOf(element)[0])
  const hash = hmacHashes[oid]
  if (hash === undefined) throw badContainer(`uses a hash that is not known here (${oid})`)
  return hash
}

function decrypt(bytes: Buffer, { cipher, key, iv }: { cipher: Cipher; key: Buffer; iv: Buffer }): Buffer | undefined {
  const { name, blockBytes } = cipher
  if (bytes.length === 0 || bytes.length % blockBytes !== 0) throw badContainer('is damaged: it ends inside a block')
  if (name === 'rc2')
    return withoutPadding(decryptRc2Cbc(bytes, { key, effectiveBits: key.length * 8, iv }), blockBytes)
  const decipher = crypto.createDecipheriv(name, key, iv).setAutoPadding(false)
  return withoutPadding(Buffer.concat([decipher.update(bytes), decipher.final()]), blockBytes)
}

/** Takes the padding off; undefined when there is none, as after a wrong key. */
function withoutPadding(bytes: Buffer, blockBytes: number): Buffer | undefined {
  const length = bytes.at(-1) as number
  if (length === 0 || length > blockBytes) return undefined
  const padding = bytes.subarray(-length)
  return padding.every((byte) => byte === length) ? bytes.subarray(0, -length) : undefined
}
