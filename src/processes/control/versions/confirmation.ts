/**
 * A version on probation: it goes by itself unless somebody confirms it in time, or at once when it refuses too much.
 * The deadline is in the history and the rest in the notes that the supervisor keeps, so neither a crash nor a restart
 * of this process makes it stay.
 */

import { SidecarError } from '../../../errors.ts'
import type { History } from '../../../history/open-history.ts'
import { clearPending, type PendingConfirmation, pending } from '../../../history/pending.ts'
import type { VersionHead } from '../../../history/versions.ts'
import type { Totals } from '../../../observe/tally.ts'
import { describeExcess, type Traffic, trafficOf } from './refusals.ts'

/** What must outlive this process besides the history: how much refusing is too much, counted from where. */
export interface RefusalWatch {
  readonly version: number
  readonly ratio: number
  readonly from: Traffic
}

export interface ConfirmationOptions {
  readonly history: History
  /** Puts a version back into force; resolves when it is. */
  readonly revert: (pending: PendingConfirmation, why: string) => Promise<unknown>
  readonly watching: RefusalWatch | undefined
  readonly changed: (watching: RefusalWatch | undefined) => void
}

export class Confirmation {
  readonly #options: ConfirmationOptions
  #timer: NodeJS.Timeout | undefined
  #watching: RefusalWatch | undefined
  #reverting = false

  constructor(options: ConfirmationOptions) {
    this.#options = options
    this.#watching = options.watching
  }

  get pending(): PendingConfirmation | null {
    return pending(this.#options.history)
  }

  /** Looks up what waits, and sets the clock for it; to be called at the start and after every new version. */
  arm(watching = this.#watching): void {
    clearTimeout(this.#timer)
    const waits = this.pending
    this.#watching = watching?.version === waits?.version ? watching : undefined
    this.#options.changed(this.#watching)
    if (waits === null) return
    const left = Math.max(0, waits.deadlineMs - Date.now())
    // A timer cannot be longer than 24 days: it looks again then. Else the time is over, also by a clock put back since.
    if (left > TIMER_MAX_MS) this.#timer = setTimeout(() => this.arm(), TIMER_MAX_MS)
    else this.#timer = setTimeout(() => this.#deadline(), left)
  }

  /** Watches how much the pending version refuses from now on. */
  watchRefusals(version: number, { ratio, totals }: { ratio: number; totals: Totals }): void {
    this.arm({ version, ratio, from: trafficOf(totals) })
  }

  /** To be told every second what was counted in all. */
  counted(totals: () => Totals): void {
    const waits = this.#watching && this.pending
    if (!waits || this.#watching === undefined) return
    const excess = describeExcess({ ...this.#watching, to: trafficOf(totals()) })
    if (excess !== undefined) void this.#revert(waits, excess)
  }

  /** Keeps the pending version; throws OPERATOR_NOTHING_TO_CONFIRM. */
  confirm(): PendingConfirmation {
    const was = this.#reverting ? null : clearPending(this.#options.history)
    if (was === null) throw new SidecarError('OPERATOR_NOTHING_TO_CONFIRM', 'no version waits for a confirmation')
    this.arm()
    return was
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #deadline(): void {
    const waits = this.pending
    if (waits !== null) void this.#revert(waits, 'nobody confirmed it in time')
  }

  async #revert(waits: PendingConfirmation, why: string): Promise<void> {
    if (this.#reverting) return
    this.#reverting = true
    clearTimeout(this.#timer)
    try {
      await this.#options.revert(waits, why)
      this.#reverting = false
      this.arm()
    } catch {
      // Why is in the log and among the rejections. What was promised is tried until it succeeds.
      this.#timer = setTimeout(() => {
        this.#reverting = false
        void this.#revert(waits, why)
      }, RETRY_MS)
    }
  }
}

const TIMER_MAX_MS = 2 ** 31 - 1
const RETRY_MS = 10_000

/** Says what a version waits for; `heir` is the version that takes over the wait of the one it replaces. */
export function describeWait({ version, deadlineMs, revertTo }: PendingConfirmation, heir?: VersionHead): string {
  const until = new Date(deadlineMs).toISOString()
  const inherited = heir === undefined ? '' : ` as version ${heir.parent} would have, which it replaces`
  return `version ${version} reverts to ${revertTo} at ${until} unless confirmed${inherited}`
}
