/**
 * One line of the log in the making, as bytes. Text that is joined of thirty pieces is a tree of them, which is walked
 * when it becomes bytes; here each piece becomes bytes where it will stand, and one line after the other is made in the
 * same place. The hot path of the log: no piece is looked at twice.
 */
import { jsonInside } from './json-string.ts'

export class AsciiLine {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #length = 0

  /** How many bytes it has so far. */
  get length(): number {
    return this.#length
  }

  /** Begins anew. */
  clear(): void {
    this.#length = 0
  }

  /** Appends text that must be ASCII. */
  text(text: string): void {
    const at = this.#room(text.length)
    const bytes = this.#bytes
    if (text.length > SHORT) bytes.write(text, at, 'latin1')
    else for (let n = 0; n < text.length; n += 1) bytes[at + n] = text.charCodeAt(n)
  }

  /** Appends any text as the inside of a JSON string, without the quotes. */
  inside(text: string): void {
    const at = this.#room(text.length)
    const bytes = this.#bytes
    for (let n = 0; n < text.length; n += 1) {
      const code = text.charCodeAt(n)
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
        this.#length = at
        return this.text(jsonInside(text))
      }
      bytes[at + n] = code
    }
  }

  /** Appends what was printed before. */
  printed(part: Uint8Array): void {
    const at = this.#room(part.length)
    this.#bytes.set(part, at)
  }

  /** Appends a count. */
  integer(value: number): void {
    if (!(value >= 0 && value < 1e9) || value !== Math.floor(value)) return this.text(`${value}`)
    let digits = 1
    for (let limit = 10; value >= limit; limit *= 10) digits += 1
    this.#digits(value, digits)
  }

  /** Appends a number below 1000 as three digits. */
  thousandths(value: number): void {
    this.#digits(value, 3)
  }

  /** Puts the line into a chunk that has room for it there. */
  copyTo(chunk: Buffer, at: number): void {
    this.#bytes.copy(chunk, at, 0, this.#length)
  }

  toString(): string {
    return this.#bytes.toString('latin1', 0, this.#length)
  }

  #digits(value: number, digits: number): void {
    const at = this.#room(digits)
    const bytes = this.#bytes
    let rest = value
    for (let n = at + digits - 1; n >= at; n -= 1) {
      const tenth = Math.floor(rest / 10)
      bytes[n] = ZERO + rest - tenth * 10
      rest = tenth
    }
  }

  /** Makes the line longer and gives where the new part begins. */
  #room(bytes: number): number {
    const at = this.#length
    this.#length = at + bytes
    if (this.#length > this.#bytes.length) {
      const wider = Buffer.allocUnsafeSlow(2 * this.#length)
      this.#bytes.copy(wider, 0, 0, at)
      this.#bytes = wider
    }
    return at
  }
}

const FIRST_BYTES = 2048
/** Up to here a loop is faster than a call of what writes long text. */
const SHORT = 24
const [ZERO, QUOTE, BACKSLASH] = [0x30, 0x22, 0x5c]
