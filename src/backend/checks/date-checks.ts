/** Validity in time, of every certificate of the path and of the anchor as well. */
import { type Check, onEach } from './check.ts'

export const dateChecks: readonly Check[] = [
  {
    name: 'not-after',
    finding: 'expired',
    grade: 'webpki',
    source: 'RFC 5280 §4.1.2.5, §6.1.3 (a)(2)',
    holds: 'No certificate of the path has expired, the anchor included.',
    // An unreadable date compares as false with everything, so it is asked whether the date is good, not bad.
    find: onEach(({ certificate: { validToDate: end } }, _, { nowMs }) =>
      nowMs <= end.getTime() ? undefined : `expired on ${describeDate(end)}`,
    ),
  },
  {
    name: 'not-before',
    finding: 'not-yet-valid',
    grade: 'webpki',
    source: 'RFC 5280 §4.1.2.5, §6.1.3 (a)(2)',
    holds: 'Every certificate of the path is valid already.',
    find: onEach(({ certificate: { validFromDate: begin } }, _, { nowMs }) =>
      nowMs >= begin.getTime() ? undefined : `is valid from ${describeDate(begin)}`,
    ),
  },
]

function describeDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'a date that cannot be read' : date.toISOString().replace('.000Z', 'Z')
}
