import { type FormEvent, useEffect, useState } from 'react'

interface DestinationFormProps {
  readonly destination: string
  readonly onDestination: (destination: string) => void
}

/** Asks for a destination as callers write it. */
export function DestinationForm({ destination, onDestination }: DestinationFormProps) {
  const [typed, setTyped] = useState(destination)
  useEffect(() => setTyped(destination), [destination])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onDestination(typed.trim())
  }
  return (
    <form className="row looks-filter" onSubmit={submit}>
      <label className="field grow">
        Destination
        <input
          value={typed}
          required
          maxLength={300}
          placeholder="mail.corp.example:443"
          onChange={({ target }) => setTyped(target.value)}
        />
      </label>
      <button type="submit" className="main">
        Explain
      </button>
    </form>
  )
}
