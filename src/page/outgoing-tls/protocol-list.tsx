import { useId } from 'react'
import type { Catalogue } from '../../admin/contract.ts'
import { useAhead, useEdit } from '../draft/edit-policy.ts'
import { place } from './tls-lists.ts'

interface ProtocolListProps {
  readonly selected: readonly string[]
  readonly catalogue: Catalogue
  readonly isFixed: boolean
}

/** The protocols, removed ones included, so that nobody looks for one in vain. */
export function ProtocolList({ selected, catalogue: { protocols }, isFixed }: ProtocolListProps) {
  const id = useId()
  const edit = useEdit()
  const [chosen, choose] = useAhead(selected, (next) => edit([{ path: [...place, 'protocols'], value: next }]))
  const turn = (name: string, on: boolean) =>
    choose(protocols.map((each) => each.name).filter((each) => (each === name ? on : chosen.includes(each))))
  return (
    <fieldset>
      <legend>Protocols</legend>
      {protocols.map(({ name, inDefault, available, remark }) => (
        <div key={name} className="choice">
          <input
            id={`${id}-${name}`}
            type="checkbox"
            checked={chosen.includes(name)}
            // The last one has to stay: a hello without a protocol is none.
            disabled={isFixed || !available || (chosen.length === 1 && chosen.includes(name))}
            aria-describedby={`${id}-${name}-says`}
            onChange={({ target }) => turn(name, target.checked)}
          />
          <span>
            <label htmlFor={`${id}-${name}`} className={inDefault ? 'in-default' : ''}>
              {name}
            </label>{' '}
            {inDefault && <span className="badge in-default">Default</span>}
            {!available && <span className="badge bad">Removed</span>}
            {available && remark !== '' && <span className="badge doubtful">Weak</span>}
            <span id={`${id}-${name}-says`}>{remark}</span>
          </span>
        </div>
      ))}
    </fieldset>
  )
}
