/** The one way time is written in documents and on the command line: a number and a unit, `500ms`, `30s`, `5m`, `1h`. */
import * as z from 'zod'
import { SidecarError } from '../../errors.ts'

const pattern = /^(\d{1,10}(?:\.\d{1,3})?)(ms|s|m|h|d)$/
const shape = 'expected a duration such as 500ms, 30s, 5m or 1h'

/** A duration as operators write it in a document, read as milliseconds. */
export const durationSchema = z
  .string({ error: shape })
  .regex(pattern, shape)
  .transform((text, context) => {
    const ms = toMs(text)
    if (ms <= durationMaxMs) return ms
    context.addIssue({ code: 'custom', message: tooLong })
    return z.NEVER
  })

/** Reads `30s` as 30000; throws OPERATOR_USAGE for anything that is not a duration. */
export function parseDuration(text: string): number {
  const ms = toMs(text)
  if (Number.isNaN(ms)) throw new SidecarError('OPERATOR_USAGE', `${shape}, found ${JSON.stringify(text)}`)
  if (ms > durationMaxMs) throw new SidecarError('OPERATOR_USAGE', `${tooLong}, found ${text}`)
  return ms
}

/** Writes milliseconds as an operator would: 30000 as `30s`. */
export function formatDuration(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => ms >= unitMs[name] && ms % unitMs[name] === 0)
  return unit === undefined ? `${ms}ms` : `${ms / unitMs[unit]}${unit}`
}

function toMs(text: string): number {
  const [, amount, unit] = pattern.exec(text) ?? []
  return Math.round(Number(amount) * (unitMs[unit as keyof typeof unitMs] ?? Number.NaN))
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** Node fires a timer of more than 2^31-1 ms at once instead of late: no document may ask for one. */
const durationMaxMs = 24 * unitMs.d
const tooLong = 'expected a duration of at most 24d'
