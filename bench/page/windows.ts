/** What callers felt while nobody watched, while the stream was read, and while a browser showed the page or was used. */
import type { RequestEntry } from '../load/request-log.ts'
import { geometricError, geometricMean, pairedRatios, quantile } from '../rig/statistics.ts'

/**
 * Who watches: nobody, readers of the stream without a browser, Chromium on the Connections screen, or the same while somebody
 * filters and types without a pause.
 */
export const watchings = ['nobody', 'stream', 'browser', 'use'] as const
export type Watching = (typeof watchings)[number]

/** A stretch of the run, in the machine's monotonic milliseconds. */
export interface Window {
  readonly watching: Watching
  readonly fromMs: number
  readonly toMs: number
  /** Processor seconds that the instance used, for each second that passed. */
  readonly processors: number
}

export interface Felt {
  readonly connections: number
  readonly perSecond: number
  readonly p50Ms: number
  /** Of a usual second. */
  readonly p99Ms: number
  readonly processors: number
  /** Processor time of the instance for each connection, which a busy machine hardly changes. */
  readonly processorMs: number
}

/** Judges the windows by who watched, in their order; what was due in one counts there, whenever it was answered. */
export function feltBy(
  entries: readonly RequestEntry[],
  windows: readonly Window[],
): Readonly<Record<Watching, Felt[]>> {
  const felt: Record<Watching, Felt[]> = { nobody: [], stream: [], browser: [], use: [] }
  for (const { watching, fromMs, toMs, processors } of windows) {
    const due = entries.filter(({ dueMs, failure }) => failure === '' && dueMs >= fromMs && dueMs < toMs)
    const latencies = due.map(({ dueMs, endMs }) => endMs - dueMs)
    felt[watching].push({
      connections: due.length,
      perSecond: (due.length / (toMs - fromMs)) * 1000,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: usualP99(due, { fromMs, toMs }),
      processors,
      processorMs: (processors * (toMs - fromMs)) / due.length,
    })
  }
  return felt
}

/**
 * The p99 of each whole second, and of those the geometric mean: in a second in which the machine does something else it is
 * ten times as much, whoever watches, and in a plain mean a few of those weigh more than all that is measured here.
 */
function usualP99(due: readonly RequestEntry[], { fromMs, toMs }: Pick<Window, 'fromMs' | 'toMs'>): number {
  // The rest of a second at the end would weigh as much as a whole one.
  const whole = Math.max(1, Math.floor((toMs - fromMs) / 1000))
  const bySecond = Map.groupBy(due, ({ dueMs }) => Math.floor((dueMs - fromMs) / 1000))
  const waits = (second: number) => (bySecond.get(second) ?? []).map(({ dueMs, endMs }) => endMs - dueMs)
  return geometricMean(
    Array.from({ length: whole }, (_, second) => {
      const p99 = quantile(waits(second), 0.99)
      // Nobody at all was answered: that is no second to leave out.
      return Number.isNaN(p99) ? 1000 : p99
    }),
  )
}

/** A figure watched against unwatched: the geometric mean of the rounds' ratios, and the factor of its standard error. */
export function ratioOf(
  felt: Readonly<Record<Watching, readonly Felt[]>>,
  watching: Watching,
  figure: 'p50Ms' | 'p99Ms' | 'processorMs',
): { readonly ratio: number; readonly within: number } {
  const of = (who: Watching) => felt[who].map((one) => one[figure])
  const ratios = pairedRatios(of(watching), of('nobody'))
  return { ratio: geometricMean(ratios), within: geometricError(ratios) }
}
