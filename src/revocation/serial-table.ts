/**
 * The revoked serial numbers of one list in the least memory that can still be searched: records of one width, sorted,
 * in one buffer that travels between processes as base64. A quarter of a million entries take six megabytes.
 */
import type { RevokedEntry } from '../certificate/parse-crl.ts'

/** A table on its way: plain JSON. */
export interface PackedSerials {
  /** Bytes of a serial number, padded in front. */
  readonly width: number
  /** Base64. */
  readonly records: string
}

/** Seconds since 1970 in five bytes, and the reason plus one. */
const TAIL = 6

/** Packs the entries of a list. */
export function packSerials(entries: readonly RevokedEntry[]): PackedSerials {
  const width = Math.max(1, ...chunked(entries).map((part) => Math.max(...part.map(({ serial }) => serial.length / 2))))
  const records = entries.map(({ serial, revokedAtMs, reason }) => {
    const record = Buffer.alloc(width + TAIL)
    record.write(serial, width - serial.length / 2, 'hex')
    record.writeUIntBE(Math.max(0, Math.floor(revokedAtMs / 1000)), width, 5)
    record[width + 5] = reason === undefined ? 0 : reason + 1
    return record
  })
  return { width, records: Buffer.concat(records.sort(Buffer.compare)).toString('base64') }
}

/** Math.max takes its arguments on the stack, which a long list would overflow. */
function chunked<T>(items: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < items.length; at += 1000) parts.push(items.slice(at, at + 1000))
  return parts
}

export class SerialTable {
  readonly #width: number
  readonly #records: Buffer

  constructor({ width, records }: PackedSerials) {
    this.#width = width
    this.#records = Buffer.from(records, 'base64')
  }

  get size(): number {
    return this.#records.length / (this.#width + TAIL)
  }

  /** Finds a serial number (hex, without leading zeros). */
  find(serial: string): Omit<RevokedEntry, 'serial'> | undefined {
    const bytes = Buffer.from(serial, 'hex')
    if (bytes.length > this.#width) return undefined
    const wanted = Buffer.concat([Buffer.alloc(this.#width - bytes.length), bytes])
    let [low, high] = [0, this.size - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      const at = middle * (this.#width + TAIL)
      const order = this.#records.compare(wanted, 0, this.#width, at, at + this.#width)
      if (order === 0) return this.#read(at + this.#width)
      if (order < 0) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }

  #read(at: number): Omit<RevokedEntry, 'serial'> {
    const reason = this.#records[at + 5] as number
    return { revokedAtMs: this.#records.readUIntBE(at, 5) * 1000, reason: reason === 0 ? undefined : reason - 1 }
  }
}
