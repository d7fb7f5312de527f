/**
 * Where control writes down what the workers noted. A disk that cannot be written costs sightings and nothing else: it is
 * said once, and traffic and changes go on.
 */
import { recordExceptionUses } from '../history/exception-uses.ts'
import type { History } from '../history/open-history.ts'
import { recordSightings } from '../history/sightings.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Log } from './outcome-record.ts'
import type { Noted } from './sighting-notes.ts'

export class SightingBook {
  readonly #history: History
  readonly #metrics: Pick<Metrics, 'tally'>
  readonly #log: Log
  #failing = false

  constructor({ history, metrics, log }: { history: History; metrics: Pick<Metrics, 'tally'>; log: Log }) {
    this.#history = history
    this.#metrics = metrics
    this.#log = log
  }

  /** Writes one batch of notes. */
  write({ sightings, exceptionUses, dropped }: Noted): void {
    if (dropped > 0) this.#drop(dropped)
    try {
      if (sightings.length > 0) {
        recordSightings(
          this.#history,
          sightings.map((note) => ({ ...note, chain: note.chain.map((der) => Buffer.from(der, 'base64')) })),
        )
      }
      if (exceptionUses.length > 0) recordExceptionUses(this.#history, exceptionUses)
      this.#failing = false
    } catch (error) {
      this.#drop(sightings.length)
      if (!this.#failing)
        this.#log('history.unwritable', 'sightings are lost until the history can be written', { error })
      this.#failing = true
    }
  }

  #drop(count: number): void {
    this.#metrics.tally.counter('sightings_dropped_total', {}).add(count)
  }
}
