/**
 * Looks at the memory of one worker four times a second, whatever the traffic. A worker near its end takes nothing new
 * and keeps what it has: killed for want of memory it would lose every request under way. Garbage is no want: it is collected
 * before anybody is refused, and again while memory is short, since nothing else would do it then.
 */
import { SidecarError } from '../../../errors.ts'
import { collectGarbage } from './collect-garbage.ts'
import { describeMemory, judgeMemory, type MemoryReading } from './judge-memory.ts'
import { memoryReader } from './read-memory.ts'

export interface MemoryGuardOptions {
  /** Told when memory becomes short and when there is enough again. */
  turned(isShort: boolean, detail: string): void
  readonly read?: () => readonly MemoryReading[]
  readonly collect?: () => void
  /** A clock that only goes forward. */
  readonly now?: () => number
}

/** A flood may bring a hundred megabytes within half a second; one look takes an eighth of a millisecond. */
const LOOK_EVERY_MS = 250
/** A full collection stops the worker for as long as it takes. */
const COLLECT_EVERY_MS = 5000

export class MemoryGuard {
  readonly #options: Required<MemoryGuardOptions>
  #isShort = false
  #collectedMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(options: MemoryGuardOptions) {
    this.#options = { read: memoryReader(), collect: collectGarbage, now: () => performance.now(), ...options }
  }

  /** Why nothing new is taken; undefined while there is memory. Said without figures: callers are told it. */
  get shortage(): SidecarError | undefined {
    if (!this.#isShort) return undefined
    const message = 'the memory of this worker is nearly used up: it ends what is under way and takes nothing new'
    return new SidecarError('INTERNAL_AT_LIMIT', message)
  }

  /** Looks from now on. */
  start(): void {
    this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Looks once. */
  look(): void {
    const { read, collect, now, turned } = this.#options
    let readings = read()
    let isShort = judgeMemory(this.#isShort, readings)
    if (isShort && now() - this.#collectedMs >= COLLECT_EVERY_MS) {
      collect()
      this.#collectedMs = now()
      readings = read()
      isShort = judgeMemory(this.#isShort, readings)
    }
    if (isShort === this.#isShort) return
    this.#isShort = isShort
    turned(isShort, describeMemory(readings))
  }
}
