import { useEdit } from '../draft/edit-policy.ts'
import type { ExceptionEntry } from '../draft/policy-spec.ts'
import { Link } from '../router/link.tsx'
import { SmallTable } from '../show/small-table.tsx'

/** What passes although it is wrong: for one backend, until a day, and somebody answers for it. */
export function ExceptionsSection({ exceptions }: { readonly exceptions: readonly ExceptionEntry[] }) {
  const edit = useEdit()
  return (
    <section className="card" aria-labelledby="exceptions">
      <h2 id="exceptions">Exceptions</h2>
      {exceptions.length === 0 ? (
        <p className="quiet">
          There are none. One is made from what was found about a backend, under <Link to="/backends">Backends</Link>.
        </p>
      ) : (
        <SmallTable
          caption="Exceptions of the draft"
          titles={['Backend', 'Forgives', 'Until', 'Owner and reason', 'Take out']}
        >
          {exceptions.map(({ backend: { authority }, findings, until, owner, reason }, index) => (
            <tr key={`${authority} ${findings.join()} ${until}`}>
              <th scope="row">{authority}</th>
              <td>{findings.join(', ')}</td>
              <td>{lastDay(until)}</td>
              <td>
                {owner}: {reason}
              </td>
              <td>
                <button
                  type="button"
                  aria-label={`Take out the exception for ${authority}`}
                  onClick={() => void edit([{ path: ['spec', 'exceptions', index] }])}
                >
                  Take out
                </button>
              </td>
            </tr>
          ))}
        </SmallTable>
      )}
    </section>
  )
}

/** An exception holds to the end of its last day, in UTC. */
function lastDay(until: number): string {
  return new Date(until - 1).toISOString().slice(0, 10)
}
