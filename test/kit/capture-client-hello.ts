/** Reads a captured ClientHello, so that tests can say what was really offered instead of what was asked for. */

export interface ClientHello {
  /** Bytes of the TLS record(s) that carry it. */
  readonly size: number
  /** As Node names them, highest first as sent; from supported_versions, else from the legacy field. */
  readonly versions: readonly string[]
  /** Hexadecimal numbers such as `1301`, without GREASE and signalling values. */
  readonly ciphers: readonly string[]
  readonly groups: readonly string[]
  readonly keyShares: readonly string[]
  readonly serverName: string | undefined
  readonly alpn: readonly string[]
  /** A ticket (TLS 1.2), a session id or a pre-shared key (TLS 1.3): a session is offered for resumption. */
  readonly offersSession: boolean
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
  const message = handshakeMessage(bytes)
  if (message[0] !== 1) throw new TypeError('not a ClientHello')
  const legacyVersion = message.readUInt16BE(4)
  let at = 38
  const sessionIdLength = message[at] as number
  at += 1 + sessionIdLength
  const ciphers = words(message.subarray(at + 2, at + 2 + message.readUInt16BE(at)))
  at += 2 + message.readUInt16BE(at)
  at += 1 + (message[at] as number)
  const extensions = at < message.length ? extensionsOf(message.subarray(at + 2)) : new Map<number, Buffer>()
  const versions = extensions.get(43)
  return {
    size: bytes.length,
    versions: (versions ? words(versions.subarray(1)) : [legacyVersion]).map((id) => versionNames[id] ?? hex(id)),
    ciphers: ciphers.filter((id) => !signalling.has(id)).map(hex),
    groups: words(extensions.get(10)?.subarray(2)).map(groupName),
    keyShares: keyShareGroups(extensions.get(51)?.subarray(2)),
    serverName: extensions.get(0)?.subarray(5).toString('latin1'),
    alpn: strings(extensions.get(16)?.subarray(2)),
    offersSession: extensions.has(41) || (extensions.get(35)?.length ?? 0) > 0 || (!versions && sessionIdLength > 0),
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

function extensionsOf(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let at = 0; at + 4 <= bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) {
    found.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2)))
  }
  return found
}

function keyShareGroups(bytes: Buffer = Buffer.alloc(0)): string[] {
  const found: string[] = []
  for (let at = 0; at + 4 <= bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) {
    found.push(groupName(bytes.readUInt16BE(at)))
  }
  return found
}

function strings(bytes: Buffer = Buffer.alloc(0)): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += 1 + (bytes[at] as number)) {
    found.push(bytes.toString('latin1', at + 1, at + 1 + (bytes[at] as number)))
  }
  return found
}

function words(bytes: Buffer = Buffer.alloc(0)): number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readUInt16BE(index * 2))
}

function groupName(id: number): string {
  return groupNames[id] ?? hex(id)
}

function hex(id: number): string {
  return id.toString(16).padStart(4, '0')
}
