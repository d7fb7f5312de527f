import type { Failure } from '../../admin/contract.ts'
import { suggestFix } from '../backends/suggest-fix.ts'
import { Reason } from '../parts/reason.tsx'
import { moment, Time } from '../parts/time.tsx'
import { Link } from '../router/link.tsx'
import { describeCount } from '../show/describe-amount.ts'
import { describeRule } from '../show/describe-rule.ts'
import { Outcome } from '../show/outcome.tsx'

interface FailureCardProps {
  readonly failure: Failure
  /** Left out for those who may only look. */
  readonly onChange: ((state: Failure['state']) => void) | undefined
  readonly onExcept: (() => void) | undefined
}

/** One kind of failure of one backend: how often, since when, in the words of its log line, and what to do. */
export function FailureCard({ failure, onChange, onExcept }: FailureCardProps) {
  const { backend, reason, sentence, rule, firstMs, lastMs, count, state, by, mutedUntilMs } = failure
  const isFinding = /^[a-z-]+$/.test(reason)
  return (
    <article className="card" aria-label={`${backend}: ${reason}`}>
      <h2>
        {backend}{' '}
        <span className="quiet">
          <Reason name={reason} />
        </span>{' '}
        <Outcome outcome={state} />
      </h2>
      <p className="sentence">{sentence}</p>
      <p>
        {describeCount(count, 'time')}, first <Time ms={firstMs} />, last <Time ms={lastMs} />, {describeRule(rule)}
        {by !== '' && state !== 'open' && `, ${state} by ${by}`}
        {mutedUntilMs !== null && ` until ${moment(mutedUntilMs)}`}
      </p>
      <p className="quiet">{suggestFix(reason)}</p>
      <p className="row">
        <Link to={`/backends?backend=${encodeURIComponent(backend)}`}>Backend</Link>
        <Link to={`/simulator?destination=${encodeURIComponent(backend)}`}>Explain</Link>
        <Link to={`/connections?filter=${encodeURIComponent(`reason:${reason}`)}`}>Connections</Link>
        {onExcept !== undefined && isFinding && (
          <button type="button" onClick={onExcept}>
            Create exception…
          </button>
        )}
        {onChange !== undefined &&
          changes
            .filter(([to]) => to !== state)
            .map(([to, text]) => (
              <button key={to} type="button" onClick={() => onChange(to)}>
                {text}
              </button>
            ))}
      </p>
    </article>
  )
}

const changes: readonly (readonly [Failure['state'], string])[] = [
  ['acknowledged', 'Acknowledge'],
  ['muted', 'Mute for a day'],
  ['open', 'Reopen'],
]
