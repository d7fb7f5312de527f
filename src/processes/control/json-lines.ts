/** One JSON value per line, in both directions of the control socket; a line without an end is bounded. */
import type { Duplex } from 'node:stream'
import { SidecarError } from '../../errors.ts'

/** A policy and a good deal of room; nobody needs longer lines. */
export const lineBytesMax = 10 * 1024 * 1024

const NEWLINE = 0x0a

/** Gathers bytes into lines and parses each; throws OPERATOR_USAGE for what is no JSON object or too long. */
export class JsonLines {
  readonly #bytesMax: number
  #parts: Buffer[] = []
  #bytes = 0

  constructor(bytesMax = lineBytesMax) {
    this.#bytesMax = bytesMax
  }

  /** Takes what arrived and gives the objects that it completes. */
  *push(chunk: Buffer): Generator<Record<string, unknown>> {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, end))
      from = end + 1
      const line = Buffer.concat(this.#parts).toString('utf8')
      this.#parts = []
      this.#bytes = 0
      yield parseObject(line)
    }
    this.#keep(chunk.subarray(from))
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length
    if (this.#bytes > this.#bytesMax) {
      throw new SidecarError('OPERATOR_USAGE', `a message on the control socket is longer than ${this.#bytesMax} bytes`)
    }
    if (part.length > 0) this.#parts.push(part)
  }
}

/** Writes one value as a line. */
export function writeLine(stream: Duplex, value: object): void {
  if (stream.writable) stream.write(`${JSON.stringify(value)}\n`)
}

function parseObject(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Told below, like everything else that is not an object.
  }
  throw new SidecarError('OPERATOR_USAGE', 'a message on the control socket is not a JSON object')
}
