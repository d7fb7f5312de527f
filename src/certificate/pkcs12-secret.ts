/** A password as PKCS#12 wants it, and the key derivation that only PKCS#12 has (RFC 7292, appendix B). */
import crypto from 'node:crypto'
import { badContainer, passwordsFor } from './bad-container.ts'

/** One password to try, in both of its spellings. */
export interface Secret {
  /** For PBKDF2. */
  readonly utf8: Buffer
  /** For PKCS#12's own derivation: UTF-16BE with two zero bytes at the end. */
  readonly bmp: Buffer
}

/** Java's own limit, and far above what any tool writes. */
const ITERATIONS_MAX = 5_000_000

/** What a derived key is for; the number goes into the derivation. */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const

/** Gives the secrets to try, the likeliest first. */
export function secretsFor(password: string | undefined): readonly Secret[] {
  return passwordsFor(password).flatMap((text) => {
    const utf8 = Buffer.from(text)
    const bmp = Buffer.from(`${text}\0`, 'utf16le').swap16()
    // "No password" is written as the empty one by some tools and as nothing at all, without an end, by others.
    return text === '' ? [secret(utf8, bmp), secret(utf8, Buffer.alloc(0))] : [secret(utf8, bmp)]
  })
}

function secret(utf8: Buffer, bmp: Buffer): Secret {
  return { utf8, bmp }
}

/** Refuses an iteration count that would cost seconds or more; asked before anything is derived. */
export function assertIterations(count: number): number {
  if (count >= 1 && count <= ITERATIONS_MAX) return count
  throw badContainer(`asks for ${count} iterations of key derivation: ${ITERATIONS_MAX} at most`)
}

export interface DerivationWish {
  readonly purpose: (typeof PURPOSE)[keyof typeof PURPOSE]
  /** As node:crypto names it. */
  readonly hash: string
  readonly salt: Buffer
  readonly iterations: number
  readonly length: number
}

/** Derives key, IV or MAC key the way of PKCS#12. */
export function derivePkcs12({ bmp }: Secret, { purpose, hash, salt, iterations, length }: DerivationWish): Buffer {
  assertIterations(iterations)
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64
  const head = Buffer.alloc(block, purpose)
  const input = Buffer.concat([fillUp(salt, block), fillUp(bmp, block)])
  const pieces: Buffer[] = []
  for (let have = 0; have < length; have += (pieces.at(-1) as Buffer).length) {
    let piece = crypto.hash(hash, Buffer.concat([head, input]), 'buffer')
    for (let round = 1; round < iterations; round += 1) piece = crypto.hash(hash, piece, 'buffer')
    pieces.push(piece)
    addToBlocks(input, repeatTo(piece, block))
  }
  return Buffer.concat(pieces).subarray(0, length)
}

/** Repeats the bytes until they fill whole blocks; nothing stays nothing. */
function fillUp(bytes: Buffer, block: number): Buffer {
  return repeatTo(bytes, Math.ceil(bytes.length / block) * block)
}

function repeatTo(bytes: Buffer, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes)
}

/** Adds a number and one to each block of the input, as big-endian numbers that overflow. */
function addToBlocks(input: Buffer, addend: Buffer): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1
    for (let index = addend.length - 1; index >= 0; index -= 1) {
      carry += (input[start + index] as number) + (addend[index] as number)
      input[start + index] = carry & 0xff
      carry >>= 8
    }
  }
}
