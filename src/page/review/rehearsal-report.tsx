import type { Rehearsal } from '../../admin/contract.ts'
import { Loading } from '../parts/loading.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { describeCount } from '../show/describe-amount.ts'
import { judgeRehearsal } from './judge-rehearsal.ts'
import { RehearsalRows } from './rehearsal-rows.tsx'
import type { RehearsalView } from './use-rehearsal.ts'

type Change = Rehearsal['backends'][number]['change']

interface RehearsalReportProps {
  readonly rehearsal: RehearsalView
  /** How many mistakes of the document keep it from being rehearsed. */
  readonly errors: number
}

/** What would become of every backend known, those that would break first. */
export function RehearsalReport({ rehearsal: { isRunning, result, error }, errors }: RehearsalReportProps) {
  return (
    <section aria-labelledby="rehearsal">
      <h3 id="rehearsal">Rehearsal</h3>
      {errors > 0 && <p className="bad">Not rehearsed: mend {describeCount(errors, 'error')} first.</p>}
      {isRunning && <Loading label="Trying the draft against every backend known…" />}
      {errors === 0 && !isRunning && result === null && error === null && (
        <p className="doubtful">Not rehearsed: what becomes of the backends is not known.</p>
      )}
      <ProblemNote error={error} title="The draft could not be rehearsed" />
      {result !== null && <Report rehearsal={result} />}
    </section>
  )
}

function Report({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { backends, counts, notTried } = rehearsal
  if (backends.length === 0 && notTried.length === 0) {
    return <p>No backend is known yet, so there is nothing to try it against.</p>
  }
  const { breaking, letThrough, untold, tone } = judgeRehearsal(rehearsal)
  const same = backends.filter(({ change }) => change === 'unchanged')
  const others = backends.filter(({ change }) => change !== 'unchanged')
  return (
    <>
      <p role="status" className={tone}>
        <strong>
          {breaking} of {backends.length} would break
        </strong>
        {letThrough > 0 && (
          <strong>
            {' '}
            · {describeCount(letThrough, 'refused backend would', 'refused backends would')} be let through
          </strong>
        )}
        {(Object.keys(words) as (keyof typeof words)[])
          .filter((change) => (counts[change] ?? 0) > 0)
          .map((change) => ` · ${counts[change]} ${words[change]}`)}
      </p>
      {untold > 0 && (
        <p className="doubtful">
          {describeCount(untold, 'backend')} could not be tried now: what becomes of {untold === 1 ? 'it' : 'them'} is
          not known.
        </p>
      )}
      {others.length > 0 && (
        <RehearsalRows backends={others} caption="Backends under the draft, the gravest change first" />
      )}
      {same.length > 0 && (
        <details>
          <summary>{same.length} unchanged</summary>
          <RehearsalRows backends={same} caption="Backends that stay as they are" />
        </details>
      )}
      {notTried.length > 0 && <p className="quiet">Not tried: {notTried.join(', ')}</p>}
    </>
  )
}

const words: Readonly<Record<Exclude<Change, 'breaks' | 'newly-allowed'>, string>> = {
  'no-longer-trusted': 'no longer trusted',
  'newly-trusted': 'newly trusted',
  unreachable: 'not reachable to test',
  unchanged: 'unchanged',
}
