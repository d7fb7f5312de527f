/**
 * Passwords as argon2id, in the PHC string format, so that the cost can rise without a migration. Hashing takes memory
 * and a thread, and anybody may ask for it: only two run at once, and only a few may wait.
 */
import crypto from 'node:crypto'
import { promisify } from 'node:util'
import { SidecarError } from '../../errors.ts'

const argon2 = promisify(crypto.argon2)

/** OWASP's second choice: 19 MiB and two passes, some 40 ms. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const
const TAG_BYTES = 32

/** Hashes a password for storage. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = crypto.randomBytes(16)
  const tag = await inTurn(() => derive(password, { nonce, ...cost }))
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${nonce.toString('base64url')}$${tag.toString('base64url')}`
}

/** Tells whether a password is the one that was hashed; without a hash it takes as long and is false. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, memory, passes, parallelism, nonce, tag] = phc.exec(stored ?? nobodys) ?? []
  const expected = Buffer.from(tag ?? '', 'base64url')
  const given = await inTurn(() =>
    derive(password, {
      nonce: Buffer.from(nonce ?? '', 'base64url'),
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
    }),
  )
  return given.length === expected.length && crypto.timingSafeEqual(given, expected) && stored !== undefined
}

interface Parameters {
  readonly nonce: Buffer
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

function derive(password: string, parameters: Parameters): Promise<Buffer> {
  // The same letters may be typed in two ways; NFKC makes them one.
  const message = Buffer.from(password.normalize('NFKC'))
  return argon2('argon2id', { message, tagLength: TAG_BYTES, ...parameters })
}

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= WAITING_MAX) {
    throw new SidecarError('OPERATOR_TOO_MANY_TRIES', 'too many passwords are being checked at once', {
      details: { retryAfterS: 2 },
    })
  }
  if (running >= RUNNING_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    return await work()
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}

const RUNNING_MAX = 2
const WAITING_MAX = 16
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/
/** Stands in for the hash of a user who is not there, so that the time tells nothing. */
const nobodys = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`
