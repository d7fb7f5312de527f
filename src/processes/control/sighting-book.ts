/**
 * Where control writes down what the workers noted. A disk that cannot be written costs those notes and nothing else: it is
 * said once, and traffic and changes go on. Uses of tokens that could not be written are told as lost with the next.
 */
import { recordExceptionUses } from '../../history/exception-uses.ts'
import type { History } from '../../history/open-history.ts'
import { recordSightings } from '../../history/sightings.ts'
import type { Metrics } from '../../observe/metrics.ts'
import type { Noted } from '../worker/sighting-notes.ts'
import { type TokenNews, usesIn } from '../worker/token-notes.ts'
import { recordTokenNews } from './token-record.ts'
import type { Log } from './versions/outcome-record.ts'

export class SightingBook {
  readonly #history: History
  readonly #metrics: Pick<Metrics, 'tally'>
  readonly #log: Log
  #failing = false
  #usesLost = 0

  constructor({ history, metrics, log }: { history: History; metrics: Pick<Metrics, 'tally'>; log: Log }) {
    this.#history = history
    this.#metrics = metrics
    this.#log = log
  }

  /** Writes one batch of notes. */
  write({ sightings, exceptionUses, dropped, tokens }: Noted): void {
    if (dropped > 0) this.#drop(dropped)
    // Nothing to write: that does not show that the history can be written again.
    if (sightings.length + exceptionUses.length + usesIn(tokens) + this.#usesLost === 0) return
    const notTold = attempt(() => this.#writeTokens(tokens))
    if (notTold !== undefined) this.#usesLost += usesIn(tokens)
    const notSeen = attempt(() => this.#writeSightings(sightings, exceptionUses))
    if (notSeen !== undefined) this.#drop(sightings.length)
    const error = notTold ?? notSeen
    if (error !== undefined && !this.#failing) {
      this.#log('history.unwritable', 'what workers note is lost until the history can be written', { error })
    }
    this.#failing = error !== undefined
  }

  #writeTokens(tokens: TokenNews | undefined): void {
    const lost = this.#usesLost + (tokens?.lost ?? 0)
    if (tokens === undefined && lost === 0) return
    recordTokenNews(this.#history, { notes: tokens?.notes ?? [], lost }, this.#log)
    this.#usesLost = 0
  }

  #writeSightings(sightings: Noted['sightings'], exceptionUses: Noted['exceptionUses']): void {
    if (sightings.length > 0) {
      recordSightings(
        this.#history,
        sightings.map((note) => ({ ...note, chain: note.chain.map((der) => Buffer.from(der, 'base64')) })),
      )
    }
    if (exceptionUses.length > 0) recordExceptionUses(this.#history, exceptionUses)
  }

  #drop(count: number): void {
    this.#metrics.tally.counter('sightings_dropped_total', {}).add(count)
  }
}

function attempt(write: () => void): unknown {
  try {
    write()
    return undefined
  } catch (error) {
    return error
  }
}
