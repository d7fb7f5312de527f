/**
 * Uploaded certificates between their preview and the decision to trust them: parsed already, by the digest of the
 * uploaded bytes, never under a name that somebody gave. Forgotten after a while, and only a few at a time.
 */
import type crypto from 'node:crypto'

export interface StoredUpload {
  readonly digest: string
  readonly store: string
  readonly certificates: readonly crypto.X509Certificate[]
  readonly untilMs: number
}

export class Uploads {
  readonly #kept = new Map<string, StoredUpload>()

  /** Keeps an upload; the oldest one goes when there are too many. */
  keep(upload: StoredUpload): void {
    this.#kept.delete(keyOf(upload))
    this.#kept.set(keyOf(upload), upload)
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest)
  }

  /** Finds an upload that has not been forgotten. */
  find(store: string, digest: string, nowMs: number): StoredUpload | undefined {
    const found = this.#kept.get(keyOf({ store, digest }))
    return found === undefined || found.untilMs <= nowMs ? undefined : found
  }

  /** Forgets an upload that was decided upon. */
  forget(upload: StoredUpload): void {
    this.#kept.delete(keyOf(upload))
  }
}

function keyOf({ store, digest }: Pick<StoredUpload, 'store' | 'digest'>): string {
  return `${store} ${digest}`
}

/** How long a preview may be looked at. */
export const uploadKeptMs = 30 * 60_000
const KEPT_MAX = 10
