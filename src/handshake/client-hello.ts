/** The ClientHello: what a client offers, and the name it asks for (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, RFC 6066 §3). */
import { extension, isGrease, readExtension, readExtensions } from './extensions.ts'
import { FieldReader } from './field-reader.ts'
import { refuse } from './syntax-error.ts'

/** Numbers are those of the IANA registries, without GREASE. */
export interface ClientHello {
  /** Highest first as sent where the client lists them; before TLS 1.3 the one version it names. */
  readonly versions: readonly number[]
  /** Without the signalling values for renegotiation and fallback. */
  readonly suites: readonly number[]
  readonly groups: readonly number[]
  /** The name asked for, in lower case; undefined when it sends none. */
  readonly serverName: string | undefined
  readonly alpn: readonly string[]
  /** An encrypted hello is inside (or a pretended one): the name shown need not be the name meant. */
  readonly hasEncryptedHello: boolean
  /** A session of before is to be resumed (TLS 1.3). */
  readonly offersSession: boolean
  /** Application data follows before any answer. */
  readonly sendsEarlyData: boolean
}

const RANDOM_BYTES = 32
const SESSION_ID_MAX = 32
const HOST_NAME = 0
const FIRST_WITH_A_LIST = 0x0304
/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV and TLS_FALLBACK_SCSV: signals, not suites. */
const signals = new Set([0x00ff, 0x5600])

/** Reads the body of a ClientHello message; throws HandshakeSyntaxError. */
export function readClientHello(body: Buffer): ClientHello {
  const fields = new FieldReader(body)
  const legacyVersion = fields.number(2)
  fields.take(RANDOM_BYTES)
  if (fields.vector(1).length > SESSION_ID_MAX) refuse('bad-value')
  const suites = fields.numbers(2)
  if (suites.length === 0) refuse('bad-value')
  if (fields.vector(1).length === 0) refuse('bad-value')
  const extensions = readExtensions(fields)
  const listed = readExtension(extensions, extension.supportedVersions, (list) => list.numbers(1))
  if (listed !== undefined && listed.length === 0) refuse('bad-value')
  const versions = (listed ?? [Math.min(legacyVersion, FIRST_WITH_A_LIST - 1)]).filter((id) => !isGrease(id))
  return {
    versions,
    suites: suites.filter((id) => !isGrease(id) && !signals.has(id)),
    groups: (readExtension(extensions, extension.supportedGroups, (list) => list.numbers(2)) ?? []).filter(
      (id) => !isGrease(id),
    ),
    serverName: readExtension(extensions, extension.serverName, readServerName),
    alpn: readExtension(extensions, extension.alpn, readProtocols) ?? [],
    hasEncryptedHello: extensions.has(extension.encryptedClientHello),
    offersSession: extensions.has(extension.preSharedKey),
    sendsEarlyData: extensions.has(extension.earlyData),
  }
}

/** One host name and nothing else, although the format has room for more: nobody agrees on what a second one means. */
function readServerName(body: FieldReader): string {
  const list = body.nested(2)
  if (list.number(1) !== HOST_NAME) refuse('bad-value')
  const name = list.vector(2)
  list.end()
  if (name.length === 0 || !isHostName(name)) refuse('bad-value')
  return name.toString('latin1').toLowerCase()
}

/** Printable ASCII without blanks: a NUL or a line end would make one name of two. */
function isHostName(bytes: Buffer): boolean {
  return bytes.every((byte) => byte > 0x20 && byte < 0x7f)
}

function readProtocols(body: FieldReader): string[] {
  const list = body.nested(2)
  const names: string[] = []
  while (!list.isDone) names.push(list.vector(1).toString('latin1'))
  return names
}
