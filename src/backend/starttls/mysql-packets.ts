/** Packets of MySQL's protocol as both sides of a login send them: a length of three bytes, a number of one, and that much. */

export const MYSQL_HEADER_BYTES = 4
/** Bits of the capabilities that server and client tell each other. */
export const mysqlFlags = { protocol41: 0x0200, ssl: 0x0800, secureConnection: 0x8000, pluginAuth: 0x80000 } as const
/** An SSLRequest is the beginning of a client's answer to the greeting, up to where the name of the user would stand. */
export const MYSQL_SSL_REQUEST_BYTES = 32

export interface MysqlPacket {
  readonly number: number
  readonly payload: Buffer
}

/** Cuts whole packets out of a stream, whatever its segments are; it holds copies. */
export class MysqlPackets {
  #held: Buffer = Buffer.alloc(0)

  push(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes])
  }

  /** The next whole packet; undefined until it is there. */
  next(): MysqlPacket | undefined {
    const length = this.announced
    if (length === undefined || this.#held.length < MYSQL_HEADER_BYTES + length) return undefined
    const packet = this.#held.subarray(0, MYSQL_HEADER_BYTES + length)
    this.#held = this.#held.subarray(packet.length)
    return { number: packet[3] as number, payload: packet.subarray(MYSQL_HEADER_BYTES) }
  }

  /** The length that the header of the next packet announces; undefined until the header is there. */
  get announced(): number | undefined {
    return this.#held.length < MYSQL_HEADER_BYTES ? undefined : this.#held.readUIntLE(0, 3)
  }

  /** Takes out what is no whole packet yet. */
  takeRest(): Buffer {
    const rest = this.#held
    this.#held = Buffer.alloc(0)
    return rest
  }
}

/** Writes a packet. */
export function mysqlPacket({ number, payload }: MysqlPacket): Buffer {
  const header = Buffer.alloc(MYSQL_HEADER_BYTES)
  header.writeUIntLE(payload.length, 0, 3)
  header[3] = number
  return Buffer.concat([header, payload])
}

/** Copies a client's answer, or the beginning of one, with its flag for TLS set. */
export function withSslFlag(answer: Buffer): Buffer {
  const copy = Buffer.from(answer)
  copy.writeUInt32LE((answer.readUInt32LE(0) | mysqlFlags.ssl) >>> 0, 0)
  return copy
}
