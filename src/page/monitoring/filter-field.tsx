import { type FormEvent, useEffect, useId, useState } from 'react'
import { suggestFilters } from './suggest-filter.ts'

interface FilterFieldProps {
  readonly filter: string
  readonly onFilter: (filter: string) => void
}

/** The filter as a field: applied with Enter, with suggestions for the word that is being typed. */
export function FilterField({ filter, onFilter }: FilterFieldProps) {
  const [typed, setTyped] = useState(filter)
  const list = useId()
  useEffect(() => setTyped(filter), [filter])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onFilter(typed.trim())
  }
  return (
    <form className="grow" onSubmit={submit}>
      <label className="field">
        Filter
        <input
          type="search"
          value={typed}
          list={list}
          maxLength={500}
          placeholder="decision:deny host:*.corp.example since:1h"
          onChange={({ target }) => {
            setTyped(target.value)
            if (target.value === '') onFilter('')
          }}
        />
      </label>
      <datalist id={list}>
        {suggestFilters(typed).map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </form>
  )
}
