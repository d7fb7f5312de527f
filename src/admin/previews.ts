/**
 * What was handed in, between its preview and the decision about it: parsed already, by the digest of its bytes, never under a
 * name that somebody gave. Forgotten after a while, and only a few at a time.
 */
import type crypto from 'node:crypto'
import type { ReadBackup } from '../backup/read-backup.ts'

export interface Previewed {
  readonly digest: string
  /** What it is for, where the same bytes may be for one thing or another. */
  readonly store: string
  readonly untilMs: number
}

export interface StoredUpload extends Previewed {
  readonly certificates: readonly crypto.X509Certificate[]
}

export interface StoredBackup extends Previewed {
  readonly read: ReadBackup
}

export class Previews<T extends Previewed> {
  readonly #kept = new Map<string, T>()

  /** Keeps what was handed in; the oldest goes when there are too many. */
  keep(one: T): void {
    this.#kept.delete(keyOf(one))
    this.#kept.set(keyOf(one), one)
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest)
  }

  /** Finds what has not been forgotten. */
  find(store: string, digest: string, nowMs: number): T | undefined {
    const found = this.#kept.get(keyOf({ store, digest }))
    return found === undefined || found.untilMs <= nowMs ? undefined : found
  }

  /** Forgets what was decided upon. */
  forget(one: T): void {
    this.#kept.delete(keyOf(one))
  }
}

function keyOf({ store, digest }: Pick<Previewed, 'store' | 'digest'>): string {
  return `${store} ${digest}`
}

/** How long a preview may be looked at. */
export const previewKeptMs = 30 * 60_000
const KEPT_MAX = 10
