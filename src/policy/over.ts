/** Exceptions end by themselves: from then on they stand in the document and forgive nothing. They say so in good time. */

import type { Remark } from './document/problem.ts'
import type { ExceptionRecord } from './policy.ts'

/** How near the end of an exception is; those who look after it are warned at each step but the first. */
export type ExceptionState = 'holds' | 'ends-within-14-days' | 'ends-within-3-days' | 'over'

/** Tells whether an exception forgives nothing any more. */
export function isOver({ untilMs }: ExceptionRecord, nowMs: number): boolean {
  return nowMs >= untilMs
}

/** Tells how near the end of an exception is. */
export function stateOf(exception: ExceptionRecord, nowMs: number): ExceptionState {
  if (isOver(exception, nowMs)) return 'over'
  const days = daysLeft(exception, nowMs)
  if (days <= 3) return 'ends-within-3-days'
  return days <= 14 ? 'ends-within-14-days' : 'holds'
}

/** Counts the days an exception still holds, the one that has begun included; 0 when it is over. */
export function daysLeft({ untilMs }: ExceptionRecord, nowMs: number): number {
  return Math.max(0, Math.ceil((untilMs - nowMs) / dayMs))
}

/** Tells the last day of an exception: `untilMs` is the first moment it no longer holds. */
export function lastDayOf({ untilMs }: ExceptionRecord): string {
  return new Date(untilMs - 1).toISOString().slice(0, 10)
}

/** Says in half a sentence that an exception is over or soon will be; undefined while there is time. */
export function describeEnd(exception: ExceptionRecord, nowMs: number): string | undefined {
  const state = stateOf(exception, nowMs)
  if (state === 'holds') return undefined
  if (state === 'over') return 'is over: the exception forgives nothing any more, take it out or renew it'
  const days = daysLeft(exception, nowMs)
  return `is near: the exception ends with ${lastDayOf(exception)}, in ${days} ${days === 1 ? 'day' : 'days'}`
}

/** Warns of each exception that is over or ends within two weeks. */
export function overRemarks(exceptions: readonly ExceptionRecord[], nowMs = Number.NEGATIVE_INFINITY): Remark[] {
  return exceptions.flatMap((exception, index): Remark[] => {
    const message = describeEnd(exception, nowMs)
    return message === undefined ? [] : [{ path: ['spec', 'exceptions', index, 'until'], message, severity: 'warning' }]
  })
}

const dayMs = 86_400_000
