/**
 * Reads the fields of a handshake message in order (RFC 8446 §3: numbers in network order, vectors behind their
 * length). Strict: nothing is read beyond the end, and whoever is done says so, so that no byte stays unread.
 */
import { refuse } from './syntax-error.ts'

export class FieldReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length
  }

  /** A number of `size` bytes. */
  number(size: 1 | 2 | 3): number {
    return this.take(size).readUIntBE(0, size)
  }

  /** The next `length` bytes. */
  take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) refuse('truncated')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  /** A vector behind a length of `size` bytes. */
  vector(size: 1 | 2 | 3): Buffer {
    return this.take(this.number(size))
  }

  /** The same, as a reader of its own. */
  nested(size: 1 | 2 | 3): FieldReader {
    return new FieldReader(this.vector(size))
  }

  /** A vector of 16-bit numbers behind a length of `size` bytes. */
  numbers(size: 1 | 2): number[] {
    const inner = this.nested(size)
    const found: number[] = []
    while (!inner.isDone) found.push(inner.number(2))
    return found
  }

  /** Says that nothing may follow. */
  end(): void {
    if (!this.isDone) refuse('surplus')
  }
}
