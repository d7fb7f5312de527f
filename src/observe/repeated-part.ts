/**
 * A part of a log line that stays the same from one record to another, printed once. On the hot path a line costs what its
 * pieces cost, so a part that repeats becomes bytes on its first repetition and is one piece from then on.
 */
import type { AccessRecord } from './access-record.ts'
import type { AsciiLine } from './ascii-line.ts'

interface Printed {
  /** A copy, because an entrance may fill its record again. */
  readonly of: AccessRecord
  readonly text: string
  bytes: Uint8Array | undefined
}

export class RepeatedPart {
  readonly #print: (record: AccessRecord) => string
  readonly #isSame: (a: AccessRecord, b: AccessRecord) => boolean
  readonly #printed: Printed[] = []
  #oldest = 0

  /** `isSame` must look at every field that `print` looks at, and what is printed must be ASCII. */
  constructor(print: (record: AccessRecord) => string, isSame: (a: AccessRecord, b: AccessRecord) => boolean) {
    this.#print = print
    this.#isSame = isSame
  }

  /** Appends the part for this record. */
  put(line: AsciiLine, record: AccessRecord): void {
    for (let n = 0; n < this.#printed.length; n += 1) {
      const printed = this.#printed[n] as Printed
      if (!this.#isSame(printed.of, record)) continue
      printed.bytes ??= Buffer.from(printed.text, 'latin1')
      line.printed(printed.bytes)
      return
    }
    const text = this.#print(record)
    this.#printed[this.#oldest] = { of: { ...record }, text, bytes: undefined }
    this.#oldest = (this.#oldest + 1) % KEPT
    line.text(text)
  }
}

/** As many as there are backends with most of the traffic: to look for the right one must cost less than to print it. */
const KEPT = 4
