import { moment } from '../parts/time.tsx'
import { daysLeft, describeDaysLeft } from './describe-time.ts'

/** How long a certificate still holds, as a chip; a dash where there is none. */
export function DaysLeft({ endMs }: { readonly endMs: number | null }) {
  if (endMs === null || Number.isNaN(endMs)) return <span aria-hidden="true">–</span>
  const days = daysLeft(endMs, Date.now())
  const tone = days < 7 ? 'bad' : days < 30 ? 'doubtful' : ''
  return (
    <span className={`badge ${tone}`} title={moment(endMs)}>
      {describeDaysLeft(days)}
    </span>
  )
}
