import { type FormEvent, useState } from 'react'
import { useEdit } from '../draft/edit-policy.ts'
import type { PolicyTest } from '../draft/policy-spec.ts'

/** What must hold before a version may be applied; a draft that breaks one of these is refused. */
export function PolicyTestsSection({ tests }: { readonly tests: readonly PolicyTest[] }) {
  const edit = useEdit()
  return (
    <section className="card" aria-labelledby="policy-tests">
      <h2 id="policy-tests">Policy tests</h2>
      <p className="quiet">Each is tried when a version is applied, and all must hold.</p>
      <ul className="tests">
        {tests.map(({ destination: { authority }, expect }, index) => (
          <li key={`${authority} ${expect}`} className="row">
            <span>
              {authority} is expected to be <strong>{expect}</strong>
            </span>
            <button
              type="button"
              aria-label={`Take out the test of ${authority}`}
              onClick={() => void edit([{ path: ['spec', 'tests', index] }])}
            >
              Take out
            </button>
          </li>
        ))}
      </ul>
      <NewTest add={(test) => edit([{ path: ['spec', 'tests', tests.length], value: test }])} />
    </section>
  )
}

/** A test as it is written into the document. */
interface WrittenTest {
  readonly destination: string
  readonly expect: PolicyTest['expect']
}

function NewTest({ add }: { readonly add: (test: WrittenTest) => Promise<void> }) {
  const [destination, setDestination] = useState('')
  const [expect, setExpect] = useState<PolicyTest['expect']>('trusted')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void add({ destination, expect }).then(() => setDestination(''))
  }
  return (
    <form className="row" onSubmit={submit}>
      <label>
        Destination{' '}
        <input
          value={destination}
          required
          placeholder="mail.example.org:443"
          onChange={({ target }) => setDestination(target.value)}
        />
      </label>
      <label>
        Expected{' '}
        <select value={expect} onChange={({ target }) => setExpect(target.value as PolicyTest['expect'])}>
          <option value="trusted">trusted</option>
          <option value="allowed">allowed</option>
          <option value="refused">refused</option>
        </select>
      </label>
      <button type="submit">Add a test</button>
    </form>
  )
}
