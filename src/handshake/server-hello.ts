/** The ServerHello: what a server chose (RFC 8446 §4.1.3, §4.1.4; RFC 5246 §7.4.1.3). */
import { extension, readExtension, readExtensions } from './extensions.ts'
import { FieldReader } from './field-reader.ts'
import { refuse } from './syntax-error.ts'

/** Numbers are those of the IANA registries. */
export interface ServerHello {
  readonly version: number
  readonly suite: number
  /** The group of the key exchange; undefined before TLS 1.3, and where a session is resumed without one. */
  readonly group: number | undefined
  /** Not an answer yet: the server asks for another hello, with a share for `group`. */
  readonly isRetry: boolean
}

const TLS13 = 0x0304
const RANDOM_BYTES = 32
const SESSION_ID_MAX = 32
/** The random of a HelloRetryRequest: SHA-256 of its name (RFC 8446 §4.1.3). */
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')

/** Reads the body of a ServerHello message; throws HandshakeSyntaxError. */
export function readServerHello(body: Buffer): ServerHello {
  const fields = new FieldReader(body)
  const legacyVersion = fields.number(2)
  const random = fields.take(RANDOM_BYTES)
  if (fields.vector(1).length > SESSION_ID_MAX) refuse('bad-value')
  const suite = fields.number(2)
  if (fields.number(1) !== 0) refuse('bad-value')
  const extensions = readExtensions(fields)
  const selected = readExtension(extensions, extension.supportedVersions, (body) => body.number(2))
  // The extension is for TLS 1.3 alone; a lower version in it would be a way around the field of old.
  if (selected !== undefined && selected < TLS13) refuse('bad-value')
  if (selected === undefined && legacyVersion >= TLS13) refuse('bad-value')
  const isRetry = selected !== undefined && random.equals(RETRY_RANDOM)
  return {
    version: selected ?? legacyVersion,
    suite,
    group: readExtension(extensions, extension.keyShare, (body) => readGroup(body, isRetry)),
    isRetry,
  }
}

function readGroup(body: FieldReader, isRetry: boolean): number {
  const group = body.number(2)
  if (!isRetry) body.vector(2)
  return group
}
