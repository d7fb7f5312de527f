/**
 * Java key stores, JKS and JCEKS (sun.security.provider.JavaKeyStore): a count, entries, and a SHA-1 digest over the
 * password and everything before it. Trusted certificates are taken; keys are refused by their alias without being
 * looked at, and a JCEKS secret key above all: it is a serialised Java object.
 */
import crypto from 'node:crypto'
import { badContainer, CERTIFICATES_MAX, passwordsFor, wrongPassword } from './bad-container.ts'
import { printable } from './printable.ts'

const DIGEST_BYTES = 20
const DIGEST_SALT = 'Mighty Aphrodite'
const PRIVATE_KEY = 1
const TRUSTED_CERTIFICATE = 2
const SECRET_KEY = 3
/** Alias, date and certificate of an entry with nothing in them. */
const ENTRY_BYTES_MIN = 18

/** Reads the trusted certificates of a JKS or JCEKS file, as DER; throws OPERATOR_BAD_TRUST_STORE. */
export function parseJavaKeyStore(bytes: Buffer, password: string | undefined): Buffer[] {
  if (bytes.length < 12 + DIGEST_BYTES) throw cutOff()
  const body = bytes.subarray(0, -DIGEST_BYTES)
  const certificates = readEntries(body)
  const digest = bytes.subarray(-DIGEST_BYTES)
  const opens = passwordsFor(password).some((each) => digestOf(body, each).equals(digest))
  if (!opens) throw wrongPassword(password)
  if (certificates.length === 0) throw badContainer('is a Java key store and holds no certificate')
  return certificates
}

function readEntries(body: Buffer): Buffer[] {
  const cursor = new Cursor(body)
  cursor.take(4)
  const version = cursor.number(4)
  if (version !== 1 && version !== 2) throw badContainer(`is a Java key store of unknown version ${version}`)
  const count = cursor.number(4)
  if (count > CERTIFICATES_MAX || count * ENTRY_BYTES_MIN > body.length) {
    throw badContainer(`is damaged: it claims ${count} entries in ${body.length} bytes`)
  }
  const aliases = new Set<string>()
  const certificates: Buffer[] = []
  for (let index = 0; index < count; index += 1) {
    const { alias, certificate } = readEntry(cursor, version)
    // Java would keep the last of them and say nothing.
    if (aliases.has(alias)) throw badContainer(`the alias ${quoted(alias)} stands in it twice`)
    aliases.add(alias)
    certificates.push(certificate)
  }
  if (cursor.left > 0) throw badContainer('is damaged: bytes follow its last entry')
  return certificates
}

function readEntry(cursor: Cursor, version: number): { alias: string; certificate: Buffer } {
  const kind = cursor.number(4)
  if (kind !== PRIVATE_KEY && kind !== TRUSTED_CERTIFICATE && kind !== SECRET_KEY) {
    throw badContainer(`is damaged: an entry of unknown kind ${kind}`)
  }
  const alias = modifiedUtf8(cursor.take(cursor.number(2)))
  if (kind !== TRUSTED_CERTIFICATE) {
    const what = kind === PRIVATE_KEY ? 'a private key' : 'a secret key'
    throw badContainer(`holds ${what} (alias ${quoted(alias)}): it must not lie in a trust store, remove it`)
  }
  cursor.take(8)
  const type = version === 2 ? modifiedUtf8(cursor.take(cursor.number(2))) : 'X.509'
  if (type !== 'X.509') throw badContainer(`the entry ${quoted(alias)} is ${quoted(type)}, not an X.509 certificate`)
  return { alias, certificate: cursor.take(cursor.number(4)) }
}

function digestOf(body: Buffer, password: string): Buffer {
  // Java writes each char high byte first, whatever it is: UTF-16BE.
  const chars = Buffer.from(password, 'utf16le').swap16()
  return crypto.createHash('sha1').update(chars).update(DIGEST_SALT).update(body).digest()
}

/** Reads from front to back and never past the end. */
class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(length: number): Buffer {
    if (length > this.left) throw cutOff()
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** Unsigned, so a length that Java would call negative is merely too long. */
  number(length: number): number {
    return this.take(length).readUIntBE(0, length)
  }
}

/** Decodes what DataOutputStream.writeUTF wrote: UTF-8 of each UTF-16 unit on its own, and NUL in two bytes. */
function modifiedUtf8(bytes: Buffer): string {
  const units: number[] = []
  for (let at = 0; at < bytes.length; at += 1) {
    const first = bytes[at] as number
    if (first < 0x80) units.push(first)
    else if ((first & 0xe0) === 0xc0) units.push(((first & 0x1f) << 6) | tail(bytes[++at]))
    else if ((first & 0xf0) === 0xe0) units.push(((first & 0x0f) << 12) | (tail(bytes[++at]) << 6) | tail(bytes[++at]))
    else throw badContainer('is damaged: an alias is not in UTF-8')
  }
  return units.map((unit) => String.fromCharCode(unit)).join('')
}

function tail(byte: number | undefined): number {
  if (byte === undefined || (byte & 0xc0) !== 0x80) throw badContainer('is damaged: an alias is not in UTF-8')
  return byte & 0x3f
}

function quoted(alias: string): string {
  return `"${printable(alias.slice(0, 100))}"`
}

function cutOff() {
  return badContainer('is damaged: it ends in the middle of an entry')
}
