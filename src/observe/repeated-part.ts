/**
 * A part of a log line that stays the same from one record to the next, printed once. On the hot path a line costs what
 * its pieces cost to join, so a part that repeats is joined on its first repetition and is one piece from then on.
 */
import type { AccessRecord } from './access-record.ts'

export class RepeatedPart {
  readonly #print: (record: AccessRecord) => string
  readonly #isSame: (a: AccessRecord, b: AccessRecord) => boolean
  #last: AccessRecord | undefined
  #text = ''
  #isJoined = false

  /** `isSame` must look at every field that `print` looks at. */
  constructor(print: (record: AccessRecord) => string, isSame: (a: AccessRecord, b: AccessRecord) => boolean) {
    this.#print = print
    this.#isSame = isSame
  }

  /** The part for this record, as JSON text in ASCII. */
  of(record: AccessRecord): string {
    if (this.#last !== undefined && this.#isSame(this.#last, record)) return this.#isJoined ? this.#text : this.#join()
    // A copy, because an entrance may fill its record again.
    this.#last = { ...record }
    this.#text = this.#print(record)
    this.#isJoined = false
    return this.#text
  }

  #join(): string {
    this.#text = Buffer.from(this.#text, 'latin1').toString('latin1')
    this.#isJoined = true
    return this.#text
  }
}
