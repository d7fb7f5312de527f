import { type ReactNode, useId } from 'react'
import { useAhead, useEdit } from './edit-policy.ts'

interface TickProps {
  readonly label: string
  /** What ticking it means, in a sentence. */
  readonly says: ReactNode
  readonly value: boolean
  /** Where it stands in the policy document. */
  readonly path: readonly string[]
  readonly isSwitch?: boolean
}

/** One yes or no of the policy. */
export function Tick({ label, says, value, path, isSwitch = false }: TickProps) {
  const edit = useEdit()
  const id = useId()
  const [checked, setChecked] = useAhead(value, (next) => edit([{ path: [...path], value: next }]))
  return (
    <div className="choice">
      <input
        id={id}
        type="checkbox"
        {...(isSwitch ? { role: 'switch', 'aria-checked': checked } : {})}
        aria-describedby={`${id}-says`}
        checked={checked}
        onChange={({ target }) => setChecked(target.checked)}
      />
      <span>
        <label htmlFor={id}>{label}</label>
        <span id={`${id}-says`}>{says}</span>
      </span>
    </div>
  )
}
