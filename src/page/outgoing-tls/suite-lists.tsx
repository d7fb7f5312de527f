/**
 * Available and Selected, after the "rearrangeable listbox" of the ARIA practices: every move has a button and a key,
 * keys act in the list that has the focus, and what happened is said.
 */
import { type KeyboardEvent, useState } from 'react'
import type { Catalogue } from '../../admin/contract.ts'
import { useAhead, useEdit } from '../draft/edit-policy.ts'
import { MoveButtons } from './move-buttons.tsx'
import { add, type Move, remove, type Side, shift } from './move-suites.ts'
import { SuiteColumn } from './suite-column.tsx'
import { describeSuite, type Spelling } from './suite-option.ts'
import { place } from './tls-lists.ts'

interface SuiteListsProps {
  readonly selected: readonly string[]
  readonly catalogue: Catalogue
  readonly isFixed: boolean
}

export function SuiteLists({ selected, catalogue, isFixed }: SuiteListsProps) {
  const edit = useEdit()
  const [spelling, spell] = useState<Spelling>('iana')
  const [filter, setFilter] = useState('')
  const [said, say] = useState('')
  const [marked, mark] = useState<Record<Side, readonly string[]>>({ available: [], selected: [] })
  const [chosen, choose] = useAhead(selected, (next) => edit([{ path: [...place, 'ciphers'], value: next }]))
  const describe = (name: string) => describeSuite(name, catalogue, spelling)
  const available = catalogue.suites
    .map(({ iana }) => iana)
    .filter((name) => !chosen.includes(name))
    .map(describe)
    .filter(({ name, marks }) =>
      `${name} ${marks.map(({ text }) => text)}`.toLowerCase().includes(filter.toLowerCase()),
    )
  const act = (move: Move, focused = '') => {
    const side = move === 'add' ? 'available' : 'selected'
    const keys = marked[side].length > 0 ? marked[side] : focused === '' ? [] : [focused]
    if (isFixed || keys.length === 0) return
    const next = moves[move](chosen, keys)
    const changed = moved(move, { before: chosen, next, keys })
    choose(next)
    say(`${changed} Selected now ${next.length}.`)
    if (move === 'add' || move === 'remove') mark({ ...marked, [side]: [] })
  }
  const pressed = (side: Side) => (event: KeyboardEvent, focused: string) => {
    const move = moveFor(event, side)
    if (move === undefined) return false
    act(move, focused)
    return true
  }
  return (
    <fieldset className="dual">
      <legend>Cipher suites</legend>
      <div className="row">
        <label>
          Names{' '}
          <select value={spelling} onChange={({ target }) => spell(target.value as Spelling)}>
            <option value="iana">IANA</option>
            <option value="openssl">OpenSSL</option>
            <option value="java">Java</option>
          </select>
        </label>
        <label>
          Filter available <input type="search" value={filter} onChange={({ target }) => setFilter(target.value)} />
        </label>
      </div>
      <div className="columns">
        <SuiteColumn
          title={`Available, ${available.length} of ${catalogue.suites.length}`}
          options={available}
          marked={marked.available}
          mark={(keys) => mark({ ...marked, available: keys })}
          pressed={pressed('available')}
        />
        <MoveButtons isFixed={isFixed} marked={marked} act={act} />
        <SuiteColumn
          title={`Selected, ${chosen.length} of ${catalogue.suites.length}`}
          options={chosen.map(describe)}
          marked={marked.selected}
          mark={(keys) => mark({ ...marked, selected: keys })}
          pressed={pressed('selected')}
        />
      </div>
      <p className="only-heard" role="status">
        {said}
      </p>
    </fieldset>
  )
}

const moves: Record<Move, (list: readonly string[], keys: readonly string[]) => readonly string[]> = {
  add,
  remove,
  up: (list, keys) => shift(list, keys, -1),
  down: (list, keys) => shift(list, keys, 1),
}

function moveFor({ key, altKey }: KeyboardEvent, side: Side): Move | undefined {
  if (side === 'available') return key === 'Enter' || (altKey && key === 'ArrowRight') ? 'add' : undefined
  if (key === 'Delete' || (altKey && key === 'ArrowLeft')) return 'remove'
  return altKey && key === 'ArrowUp' ? 'up' : altKey && key === 'ArrowDown' ? 'down' : undefined
}

interface Moved {
  readonly before: readonly string[]
  readonly next: readonly string[]
  readonly keys: readonly string[]
}

function moved(move: Move, { before, next, keys }: Moved): string {
  if (move === 'remove' && next.length > before.length - keys.length) return 'One suite has to stay.'
  const what = keys.length === 1 ? keys[0] : `${keys.length} suites`
  if (move === 'add') return `Added ${what}.`
  if (move === 'remove') return `Removed ${what}.`
  return `Moved ${what} ${move}, to place ${next.indexOf(keys[0] as string) + 1}.`
}
