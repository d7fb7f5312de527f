/**
 * A bounded sample of what passed since it was last taken, for whoever watches. Failures have places of their own, so
 * that a flood of good requests does not hide the one that failed; what finds no place is counted. Runs for every
 * request: most of the time that is one comparison.
 */
import type { AccessRecord } from './access-record.ts'

/** What is told of one second's traffic. */
export interface AccessNews {
  readonly records: readonly AccessRecord[]
  readonly skipped: number
}

export class AccessSample {
  #records: AccessRecord[] = []
  #good = 0
  #skipped = 0

  note(record: AccessRecord): void {
    const isGood = record.decision === 'allow' && record.error === ''
    const isFull = isGood ? this.#good >= GOOD_MAX : this.#records.length - this.#good >= BAD_MAX
    if (isFull) {
      this.#skipped += 1
      return
    }
    if (isGood) this.#good += 1
    // An entrance may fill its record again for the next request.
    this.#records.push({ ...record })
  }

  /** Takes what was kept; undefined when nothing passed. */
  take(): AccessNews | undefined {
    if (this.#records.length + this.#skipped === 0) return undefined
    const news = { records: this.#records, skipped: this.#skipped }
    this.#records = []
    this.#good = 0
    this.#skipped = 0
    return news
  }
}

const GOOD_MAX = 20
const BAD_MAX = 50
