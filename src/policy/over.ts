/** Exceptions end by themselves: from then on they stand in the document and forgive nothing. */
import type { ExceptionRecord } from './policy.ts'
import type { Remark } from './problem.ts'

/** Tells whether an exception forgives nothing any more. */
export function isOver({ untilMs }: ExceptionRecord, nowMs: number): boolean {
  return nowMs >= untilMs
}

/** Tells the last day of an exception: `untilMs` is the first moment it no longer holds. */
export function lastDayOf({ untilMs }: ExceptionRecord): string {
  return new Date(untilMs - 1).toISOString().slice(0, 10)
}

/** Warns of each exception that is over. */
export function overRemarks(exceptions: readonly ExceptionRecord[], nowMs = Number.NEGATIVE_INFINITY): Remark[] {
  return exceptions.flatMap((exception, index): Remark[] => {
    if (!isOver(exception, nowMs)) return []
    const message = 'is over: the exception forgives nothing any more, take it out or renew it'
    return [{ path: ['spec', 'exceptions', index, 'until'], message, severity: 'warning' }]
  })
}
