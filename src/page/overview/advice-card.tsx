import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'
import { Link } from '../router/link.tsx'
import { advise } from './advise.ts'

/** What to look at next. */
export function AdviceCard() {
  const status = useQuery(queries.status)
  const policy = useQuery(queries.policy)
  const backends = useQuery(queries.backends)
  if (status.data === undefined || policy.data === undefined || backends.data === undefined) return null
  const known = { status: status.data, document: policy.data.document, backends: backends.data.items }
  const advice = advise(known)
  return (
    <section className="card">
      <h2>Advice</h2>
      {advice.length === 0 ? (
        <p className="good">Nothing needs you.</p>
      ) : (
        <ul>
          {advice.map(({ text, at }) => (
            <li key={text}>
              {text} <Link to={at}>Look</Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
