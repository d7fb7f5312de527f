/**
 * Reads a captured ClientHello, so that tests can say what was really offered instead of what was asked for. Strict:
 * a length that does not fit, a repeated extension or a byte too many is an error, for a lenient reader could overlook
 * the very thing that was offered too much.
 */

export interface ClientHello {
  /** Bytes of the TLS record(s) that carry it. */
  readonly size: number
  /** As Node names them, highest first as sent; from supported_versions, else from the legacy field. */
  readonly versions: readonly string[]
  /** Hexadecimal numbers such as `1301`, without GREASE and signalling values. */
  readonly ciphers: readonly string[]
  /** The signalling values among the suites, such as `00ff`. */
  readonly signals: readonly string[]
  readonly groups: readonly string[]
  readonly keyShares: readonly string[]
  /** Hexadecimal numbers such as `0403`. */
  readonly signatureAlgorithms: readonly string[]
  readonly serverName: string | undefined
  readonly alpn: readonly string[]
  /** A ticket (TLS 1.2), a session id or a pre-shared key (TLS 1.3): a session is offered for resumption. */
  readonly offersSession: boolean
  readonly offersEarlyData: boolean
  /** The numbers of all extensions, in order. */
  readonly extensions: readonly number[]
}

const versionNames: Record<number, string> = { 769: 'TLSv1', 770: 'TLSv1.1', 771: 'TLSv1.2', 772: 'TLSv1.3' }
const groupNames: Record<number, string> = {
  23: 'secp256r1',
  24: 'secp384r1',
  25: 'secp521r1',
  29: 'x25519',
  30: 'x448',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
}
const signalling = new Set([0x00ff, 0x5600])

/** Tells whether the bytes hold a whole ClientHello, however many records it is cut into. */
export function isWholeClientHello(bytes: Buffer): boolean {
  const message = handshakeMessage(bytes)
  return message.length >= 4 && message.length >= 4 + message.readUIntBE(1, 3)
}

/** Parses a ClientHello as captured from the start of a TCP stream. */
export function parseClientHello(bytes: Buffer): ClientHello {
  const message = new Cursor(handshakeMessage(bytes))
  if (message.number(1) !== 1) throw new TypeError('not a ClientHello')
  const body = message.block(3)
  message.end('the handshake message')
  const legacyVersion = body.number(2)
  body.bytes(32)
  const sessionId = body.block(1)
  const suites = body.block(2).numbers(2)
  const compressions = body.block(1).numbers(1)
  if (compressions.join() !== '0') throw new TypeError(`compression methods ${compressions}`)
  const extensions = extensionsOf(body)
  const versions = extensions.get(43)?.block(1).numbers(2)
  return {
    size: bytes.length,
    versions: (versions ?? [legacyVersion]).map((id) => versionNames[id] ?? hex(id)),
    ciphers: suites.filter((id) => !signalling.has(id)).map(hex),
    signals: suites.filter((id) => signalling.has(id)).map(hex),
    groups: (extensions.get(10)?.block(2).numbers(2) ?? []).map(groupName),
    keyShares: keyShareGroups(extensions.get(51)?.block(2)),
    signatureAlgorithms: (extensions.get(13)?.block(2).numbers(2) ?? []).map(hex),
    serverName: serverNameOf(extensions.get(0)?.block(2)),
    alpn: stringsOf(extensions.get(16)?.block(2)),
    offersSession: extensions.has(41) || (extensions.get(35)?.left ?? 0) > 0 || (!versions && sessionId.left > 0),
    offersEarlyData: extensions.has(42),
    extensions: [...extensions.keys()],
  }
}

/** Walks over bytes and never past their end. */
class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw new TypeError(`${length} bytes wanted, ${this.left} left`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  number(width: number): number {
    return this.bytes(width).readUIntBE(0, width)
  }

  /** A block with its length, of `width` bytes, in front. */
  block(width: number): Cursor {
    return new Cursor(this.bytes(this.number(width)))
  }

  /** All that is left, as numbers of `width` bytes. */
  numbers(width: number): number[] {
    const found: number[] = []
    while (this.left > 0) found.push(this.number(width))
    return found
  }

  end(what: string): void {
    if (this.left > 0) throw new TypeError(`${this.left} bytes too many in ${what}`)
  }
}

function handshakeMessage(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
    if (bytes[at] !== 22) throw new TypeError('not a TLS handshake record')
    parts.push(bytes.subarray(at + 5, at + 5 + bytes.readUInt16BE(at + 3)))
  }
  return Buffer.concat(parts)
}

function extensionsOf(body: Cursor): Map<number, Cursor> {
  const found = new Map<number, Cursor>()
  if (body.left === 0) return found
  const extensions = body.block(2)
  body.end('the ClientHello')
  while (extensions.left > 0) {
    const type = extensions.number(2)
    if (found.has(type)) throw new TypeError(`extension ${type} comes twice`)
    found.set(type, extensions.block(2))
  }
  return found
}

function keyShareGroups(shares: Cursor | undefined): string[] {
  const found: string[] = []
  while (shares !== undefined && shares.left > 0) {
    found.push(groupName(shares.number(2)))
    shares.block(2)
  }
  return found
}

function serverNameOf(names: Cursor | undefined): string | undefined {
  if (names === undefined) return undefined
  if (names.number(1) !== 0) throw new TypeError('a server name that is no host name')
  const name = names.block(2)
  names.end('the server name')
  return name.bytes(name.left).toString('latin1')
}

function stringsOf(list: Cursor | undefined): string[] {
  const found: string[] = []
  while (list !== undefined && list.left > 0) {
    const text = list.block(1)
    found.push(text.bytes(text.left).toString('latin1'))
  }
  return found
}

function groupName(id: number): string {
  return groupNames[id] ?? hex(id)
}

function hex(id: number): string {
  return id.toString(16).padStart(4, '0')
}
