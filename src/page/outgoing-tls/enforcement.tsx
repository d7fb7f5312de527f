import { useAhead, useEdit } from '../draft/edit-policy.ts'
import type { StrictTls } from '../draft/policy-spec.ts'

type Enforced = StrictTls['enforcement']

/** Whether what strict TLS minds is refused, or only told of. */
export function Enforcement({ value }: { readonly value: Enforced }) {
  const edit = useEdit()
  const [chosen, choose] = useAhead(value, (next) =>
    edit([{ path: ['spec', 'strictTls', 'enforcement'], value: next }]),
  )
  return (
    <fieldset>
      <legend>Enforcement</legend>
      {choices.map(({ name, says, more }) => (
        <label key={name} className="choice">
          <input type="radio" name="enforcement" checked={chosen === name} onChange={() => choose(name)} />
          <span>
            {says}
            <span>{more}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

const choices = [
  { name: 'enforce', says: 'Enforce', more: 'What is not as it should be is refused.' },
  { name: 'report', says: 'Evaluate (log only)', more: 'Nothing is refused; the log says what would be.' },
] as const
