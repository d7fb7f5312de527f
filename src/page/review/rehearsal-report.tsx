import type { Rehearsal } from '../../admin/contract.ts'
import { Loading } from '../parts/loading.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Reason } from '../parts/reason.tsx'
import type { RehearsalView } from './use-rehearsal.ts'

type Trial = Rehearsal['backends'][number]
type Change = Trial['change']

/** What would become of every backend known, those that would break first. */
export function RehearsalReport({ rehearsal: { isRunning, result, error } }: { readonly rehearsal: RehearsalView }) {
  return (
    <section aria-labelledby="rehearsal">
      <h3 id="rehearsal">Rehearsal</h3>
      {isRunning && <Loading label="Trying the draft against every backend known…" />}
      <ProblemNote error={error} title="The draft could not be rehearsed" />
      {result !== null && <Report rehearsal={result} />}
    </section>
  )
}

function Report({ rehearsal: { backends, counts, notTried } }: { readonly rehearsal: Rehearsal }) {
  if (backends.length === 0) return <p>No backend is known yet, so there is nothing to try it against.</p>
  const breaking = counts.breaks ?? 0
  return (
    <>
      <p role="status" className={breaking > 0 ? 'bad' : 'good'}>
        <strong>
          {breaking} of {backends.length} would break
        </strong>
        {(Object.keys(words) as Change[])
          .filter((change) => change !== 'breaks' && (counts[change] ?? 0) > 0)
          .map((change) => ` · ${counts[change]} ${words[change]}`)}
      </p>
      <div className="scroll">
        <table>
          <caption className="only-heard">Backends under the draft, the gravest change first</caption>
          <thead>
            <tr>
              <th scope="col">Backend</th>
              <th scope="col">Now</th>
              <th scope="col">After</th>
              <th scope="col">Because</th>
            </tr>
          </thead>
          <tbody>
            {backends.map(({ backend, now, after, change }) => (
              <tr key={backend}>
                <th scope="row">{backend}</th>
                <td>{now?.outcome ?? 'new'}</td>
                <td className={change === 'breaks' ? 'bad' : ''}>{after.outcome}</td>
                <td>
                  {after.findings.map(({ name, detail }, index) => (
                    <span key={`${name} ${detail}`}>
                      {index > 0 && '; '}
                      <Reason name={name} />: {detail}
                    </span>
                  ))}
                  {after.findings.length === 0 && after.why} <span className="quiet small">rule {after.rule}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {notTried.length > 0 && <p className="quiet">Not tried: {notTried.join(', ')}</p>}
    </>
  )
}

const words: Readonly<Record<Change, string>> = {
  breaks: 'would break',
  'no-longer-trusted': 'no longer trusted',
  'newly-allowed': 'newly allowed',
  'newly-trusted': 'newly trusted',
  unreachable: 'not reachable to test',
  unchanged: 'unchanged',
}
