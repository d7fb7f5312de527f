/**
 * What a worker notes of tokens until control writes it down. The record keeps every entry for ever, so what may be sent
 * to it has a bound in time: the same use again within a minute is a count, and of different ones there are so many a
 * minute and no more, few where somebody without leave could make them. What is beyond is counted as lost. Whether
 * a token is taken has nothing to do with it.
 */
import type { TokenUse } from '../../token/token-use.ts'

/** The same use, so many times. */
export interface TokenNote extends Omit<TokenUse, 'timeMs'> {
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
}

/** What one worker has noted since it last told. */
export interface TokenNews {
  readonly notes: readonly TokenNote[]
  /** Uses of which nothing is known but that there were so many. */
  readonly lost: number
}

/** Counts the uses that stand in them or are lost. */
export function usesIn(tokens: TokenNews | undefined): number {
  return tokens === undefined ? 0 : tokens.notes.reduce((sum, { count }) => sum + count, tokens.lost)
}

interface Entry {
  readonly use: TokenUse
  firstMs: number
  lastMs: number
  /** Since it was last told. */
  count: number
  toldMs: number
}

export class TokenNotes {
  readonly #taken = new Map<string, Entry>()
  readonly #refused = new Map<string, Entry>()
  #lost = 0
  #lostToldMs = Number.NEGATIVE_INFINITY

  /** Notes one use, or one request that had no leave. */
  note(use: TokenUse): void {
    const [entries, max] = use.token === '' ? [this.#refused, REFUSED_MAX] : [this.#taken, TAKEN_MAX]
    const key = JSON.stringify([use.service, use.caller, use.names, use.token, use.to, use.error, use.reason])
    const known = entries.get(key)
    if (known !== undefined) {
      if (known.count === 0) known.firstMs = use.timeMs
      known.count += 1
      known.lastMs = use.timeMs
    } else if (entries.size < max) {
      entries.set(key, { use, firstMs: use.timeMs, lastMs: use.timeMs, count: 1, toldMs: Number.NEGATIVE_INFINITY })
    } else this.#lost += 1
  }

  /** Takes what is to be told now, or all there is; undefined when there is nothing. */
  take(nowMs: number, { all = false } = {}): TokenNews | undefined {
    const notes = [this.#taken, this.#refused].flatMap((entries) => takeFrom(entries, { nowMs, all }))
    const lost = all || nowMs - this.#lostToldMs >= REPEAT_MS ? this.#lost : 0
    if (notes.length + lost === 0) return undefined
    if (lost > 0) this.#lostToldMs = nowMs
    this.#lost -= lost
    return { notes, lost }
  }
}

/** An entry keeps its place for a minute after it was told: that is what bounds them in time. */
function takeFrom(entries: Map<string, Entry>, { nowMs, all }: { nowMs: number; all: boolean }): TokenNote[] {
  const notes: TokenNote[] = []
  for (const [key, entry] of entries) {
    const { use, count, firstMs, lastMs } = entry
    if (!all && nowMs - entry.toldMs < REPEAT_MS) continue
    if (count === 0) entries.delete(key)
    else {
      const { timeMs: _, ...what } = use
      notes.push({ ...what, count, firstMs, lastMs })
      entry.count = 0
      entry.toldMs = nowMs
    }
  }
  return notes
}

const REPEAT_MS = 60_000
const TAKEN_MAX = 1000
const REFUSED_MAX = 16
