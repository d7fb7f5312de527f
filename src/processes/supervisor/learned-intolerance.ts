/**
 * What the workers have learned of backends that cannot take post-quantum groups, kept by the supervisor: siblings are
 * told at once, later generations at their start, so that nobody has to run into the same middlebox again.
 */
import type { IntoleranceMark } from '../../backend/dial/hybrid-tolerance.ts'

const MARKS_MAX = 1000

export class LearnedIntolerance {
  readonly #untilMs = new Map<string, number>()

  /** Takes what a worker knows and gives back what is news. */
  take(marks: readonly IntoleranceMark[]): readonly IntoleranceMark[] {
    const news = marks.filter(({ authority, untilMs }) => untilMs > (this.#untilMs.get(authority) ?? Date.now()))
    for (const { authority, untilMs } of news) {
      this.#untilMs.delete(authority)
      this.#untilMs.set(authority, untilMs)
      if (this.#untilMs.size > MARKS_MAX) this.#untilMs.delete(this.#untilMs.keys().next().value as string)
    }
    return news
  }

  /** The marks that hold at this moment. */
  get marks(): readonly IntoleranceMark[] {
    const nowMs = Date.now()
    for (const [authority, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(authority)
    return [...this.#untilMs].map(([authority, untilMs]) => ({ authority, untilMs }))
  }
}
