/**
 * How many connections to one backend are dialled side by side. When a generation comes into force, or a backend comes back,
 * everybody wants one in the same moment, and most are served sooner by one that is just coming free than by a handshake
 * of their own: so few dials at first. Where that is not so, because the backend is far or answers slowly, twice
 * as many are let go every few milliseconds, and what waits is soon under way.
 */
export class DialPace {
  #allowed = AT_FIRST
  #timer: NodeJS.Timeout | undefined

  /** Tells whether one more may be dialled beside those under way. */
  allows(underWay: number): boolean {
    if (underWay === 0 && this.#timer === undefined) this.#allowed = AT_FIRST
    return underWay < this.#allowed
  }

  /** To be told that somebody waits, again for as long as that is so; `faster` is called when more are allowed. */
  waited(faster: () => void): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#allowed *= 2
      faster()
    }, FASTER_AFTER_MS)
  }
}

const AT_FIRST = 8
const FASTER_AFTER_MS = 25
