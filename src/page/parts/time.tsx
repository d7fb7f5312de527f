import { formatMoment, timeZone } from './time-zone.ts'

/** Shows a moment as how long ago it was, with the exact time to be had by pointing at it. */
export function Time({ ms }: { readonly ms: number }) {
  const date = new Date(ms)
  return (
    <time dateTime={date.toISOString()} title={moment(ms)}>
      {ago(ms - Date.now())}
    </time>
  )
}

/** Writes a moment to the second, in the zone that was chosen. The frame is drawn again with all in it when that changes. */
export function moment(ms: number): string {
  return formatMoment(ms, timeZone())
}

/** Writes a span in milliseconds as a reader says it; a negative one is past. */
export function ago(span: number): string {
  const [unit, length] = units.find(([, length]) => Math.abs(span) >= length) ?? ['second', 1000]
  return format.format(Math.round(span / length), unit)
}

const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const satisfies readonly (readonly [Intl.RelativeTimeFormatUnit, number])[]
