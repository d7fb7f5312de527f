/**
 * Which backends cannot take a ClientHello with post-quantum groups. A middlebox that drops the large message looks
 * like a backend that is down, so it takes the same thing twice, one after the other: the connection broke or went silent
 * with the hybrid groups, and without them the backend passed its verdict. Nothing else is ever held against it, no
 * alert, no certificate, no verdict; and a mark ends by itself, for middleboxes are replaced too.
 */

/** A backend that gets no post-quantum groups until a time. */
export interface IntoleranceMark {
  readonly authority: string
  /** Wall clock. */
  readonly untilMs: number
}

interface Suspicion {
  /** By `performance.now()`: another failure counts only when its dial began after this one was seen. */
  readonly seenMs: number
}

/** A mark costs security, so it is looked at again every day. */
const MARK_MS = 86_400_000
/** A backend that fails either way is down: it is not dialled twice each time. */
const PAUSE_MS = 60_000
const ENTRIES_MAX = 1000

export class HybridTolerance {
  readonly #now: () => number
  readonly #suspected = new Map<string, Suspicion>()
  /** When a backend that failed either way may be tried twice again. */
  readonly #paused = new Map<string, number>()
  readonly #marked = new Map<string, number>()
  #version = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Changes whenever the marks do. */
  get version(): number {
    return this.#version
  }

  /** The marks that hold at this moment. */
  get marks(): readonly IntoleranceMark[] {
    const nowMs = this.#now()
    const marks = [...this.#marked].map(([authority, untilMs]) => ({ authority, untilMs }))
    return marks.filter(({ untilMs }) => nowMs < untilMs)
  }

  /** Takes over what others have learned. */
  learn(marks: readonly IntoleranceMark[]): void {
    for (const { authority, untilMs } of marks) {
      if (untilMs <= (this.#marked.get(authority) ?? this.#now())) continue
      this.#mark(authority, untilMs)
    }
  }

  /** Tells whether the backend gets no post-quantum groups at all. */
  isMarked(authority: string): boolean {
    const untilMs = this.#marked.get(authority)
    if (untilMs === undefined) return false
    if (this.#now() < untilMs) return true
    this.#marked.delete(authority)
    this.#version += 1
    return false
  }

  /** Tells whether a handshake that broke is worth another one without post-quantum groups. */
  mayRetry(authority: string): boolean {
    return this.#now() >= (this.#paused.get(authority) ?? 0)
  }

  /** The backend took the post-quantum groups: whatever broke before was something else. */
  tookHybrid(authority: string): void {
    if (this.#suspected.size > 0) this.#suspected.delete(authority)
  }

  /** The backend broke off with the groups and passed without them; `startedMs` is when that dial began. */
  passedWithout(authority: string, startedMs: number): void {
    const before = this.#suspected.get(authority)
    // Dials that were under way together broke for one reason, a restart perhaps: they count once.
    if (before === undefined) keep(this.#suspected, authority, { seenMs: performance.now() })
    else if (startedMs > before.seenMs) {
      this.#suspected.delete(authority)
      this.#mark(authority, this.#now() + MARK_MS)
    }
  }

  /** The backend broke off with the groups and without them. */
  failedBoth(authority: string): void {
    keep(this.#paused, authority, this.#now() + PAUSE_MS)
  }

  #mark(authority: string, untilMs: number): void {
    keep(this.#marked, authority, untilMs)
    this.#version += 1
  }
}

/** Keeps the newest; when there are too many the oldest goes, which costs one broken handshake at most. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > ENTRIES_MAX) map.delete(map.keys().next().value as string)
}
