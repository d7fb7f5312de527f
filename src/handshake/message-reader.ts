/**
 * Handshake messages out of the bytes of one direction, however they are cut into records and reads (RFC 8446 §5.1):
 * a message may fill many records, and a record may hold many messages. What is not a handshake message is told by its
 * kind and read no further, because from there on the bytes are encrypted or nobody's business.
 */
import { refuse } from './syntax-error.ts'

export type Message =
  | { readonly kind: 'handshake'; readonly type: number; readonly body: Buffer }
  | { readonly kind: 'change-cipher-spec' | 'alert' | 'application-data' }

/** A hello of a client with every extension known today has 2 to 4 kB. */
export const messageBytesMax = 65_536

const RECORD_HEAD_BYTES = 5
/** 2^14 (RFC 8446 §5.1) and what encryption may add (RFC 5246 §6.2.3); only plain records are looked into. */
const RECORD_BYTES_MAX = 16_384 + 2048
const MESSAGE_HEAD_BYTES = 4
const MAJOR_VERSION = 3
const kinds = { 20: 'change-cipher-spec', 21: 'alert', 22: 'handshake', 23: 'application-data' } as const

export class MessageReader {
  readonly #messages: Message[] = []
  readonly #head = Buffer.alloc(RECORD_HEAD_BYTES)
  #headBytes = 0
  /** What is still to come of the record under way. */
  #left = 0
  #kind: Message['kind'] = 'handshake'
  /** Pieces of handshake messages that are not complete yet. */
  #pieces: Buffer[] = []
  #pieceBytes = 0

  /**
   * Reads on and tells how many bytes it took: all of them, or those up to the end of the record in which a message
   * became complete. Throws HandshakeSyntaxError.
   */
  read(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length && this.#messages.length === 0) {
      at += this.#left === 0 ? this.#readHead(bytes, at) : this.#readBody(bytes, at)
    }
    return at
  }

  /** The next complete message; undefined when there is none. */
  next(): Message | undefined {
    return this.#messages.shift()
  }

  /** Tells whether nothing of a further message has come: the client's next move starts a record of its own. */
  get isBetween(): boolean {
    return this.#messages.length === 0 && this.#pieceBytes === 0 && this.#left === 0 && this.#headBytes === 0
  }

  #readHead(bytes: Buffer, at: number): number {
    const taken = Math.min(RECORD_HEAD_BYTES - this.#headBytes, bytes.length - at)
    bytes.copy(this.#head, this.#headBytes, at, at + taken)
    this.#headBytes += taken
    // The first two bytes tell enough to refuse what is not TLS before the rest of a head has come.
    const kind = kinds[this.#head[0] as keyof typeof kinds]
    if (kind === undefined || (this.#headBytes > 1 && this.#head[1] !== MAJOR_VERSION)) refuse('not-tls')
    if (this.#headBytes === RECORD_HEAD_BYTES) this.#beginRecord(kind)
    return taken
  }

  #beginRecord(kind: Message['kind']): void {
    this.#kind = kind
    this.#headBytes = 0
    this.#left = this.#head.readUInt16BE(3)
    if (this.#left > RECORD_BYTES_MAX) refuse('record-too-long')
    if (this.#left === 0) refuse('empty-record')
    if (kind !== 'handshake' && this.#pieceBytes > 0) refuse('interleaved')
  }

  #readBody(bytes: Buffer, at: number): number {
    const piece = bytes.subarray(at, at + this.#left)
    this.#left -= piece.length
    if (this.#kind === 'handshake') this.#gather(piece)
    else if (this.#left === 0) this.#messages.push({ kind: this.#kind })
    return piece.length
  }

  #gather(piece: Buffer): void {
    // Copied, because the bytes of a read are gone when the reader returns.
    this.#pieces.push(Buffer.from(piece))
    this.#pieceBytes += piece.length
    if (this.#pieceBytes >= MESSAGE_HEAD_BYTES && this.#pieceBytes >= this.#wanted()) this.#cutMessages()
  }

  /** The length of the message under way, its head included. */
  #wanted(): number {
    const first = this.#pieces[0] as Buffer
    const head = first.length >= MESSAGE_HEAD_BYTES ? first : this.#joined()
    const length = MESSAGE_HEAD_BYTES + head.readUIntBE(1, 3)
    if (length > messageBytesMax) refuse('message-too-long')
    return length
  }

  #cutMessages(): void {
    let data = this.#joined()
    while (data.length >= MESSAGE_HEAD_BYTES) {
      const end = this.#wanted()
      if (end > data.length) break
      const body = data.subarray(MESSAGE_HEAD_BYTES, end)
      this.#messages.push({ kind: 'handshake', type: data[0] as number, body })
      data = data.subarray(end)
      this.#pieces = [data]
    }
    this.#pieces = data.length === 0 ? [] : [data]
    this.#pieceBytes = data.length
  }

  #joined(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)]
    return this.#pieces[0] as Buffer
  }
}
