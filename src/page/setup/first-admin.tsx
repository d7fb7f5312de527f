import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import type { Session, SetupRequest } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Link } from '../router/link.tsx'
import { navigate, useHash } from '../router/location.ts'

/** Name and password of the first admin. The token stands behind the `#`, which no browser sends by itself. */
export function FirstAdmin() {
  const client = useQueryClient()
  const id = useId()
  const [password, setPassword] = useState('')
  const [isSeen, setSeen] = useState(false)
  const token = new URLSearchParams(useHash()).get('token') ?? ''
  const setUp = useMutation({
    mutationFn: (body: SetupRequest) => ask<Session>('/setup', { method: 'POST', body }),
    onSuccess: (session) => {
      // The token is used up; it need not stand in the browser's history as well.
      navigate('/setup', { replace: true })
      client.setQueryData(['session'], session)
    },
  })
  if (token === '') {
    return (
      <p>
        This page takes the one-time link that the instance prints at its start; <code>vedette setup</code> makes
        another one. There is an account already? <Link to="/">Sign in</Link>
      </p>
    )
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setUp.mutate({ token, name: String(new FormData(event.currentTarget).get('name')), password })
  }
  const strength = strengthOf(password)
  return (
    <form onSubmit={submit}>
      <ProblemNote error={setUp.error} title="There is no account yet" />
      <label className="field">
        Name
        <input name="name" autoComplete="username" required pattern="[A-Za-z0-9][A-Za-z0-9._@\-]*" maxLength={64} />
      </label>
      <label className="field">
        Password
        <input
          type={isSeen ? 'text' : 'password'}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="new-password"
          required
          minLength={12}
          maxLength={200}
          value={password}
          aria-describedby={id}
          onChange={({ target }) => setPassword(target.value)}
        />
      </label>
      <label className="choice">
        <input type="checkbox" checked={isSeen} onChange={({ target }) => setSeen(target.checked)} />
        <span>Show what is typed</span>
      </label>
      <p id={id} className="quiet">
        <meter min={0} max={4} low={2} high={3} optimum={4} value={strength} aria-label="Strength of the password" />{' '}
        {strengths[strength]}. At least 12 characters; a sentence of four words is better than a riddle.
      </p>
      <button type="submit" className="main" disabled={setUp.isPending}>
        Make the account
      </button>
    </form>
  )
}

const strengths = ['Too short', 'Short', 'Fair', 'Good', 'Very good'] as const

/** Length is what counts; a few different characters have to be in it. */
function strengthOf(password: string): number {
  if (password.length < 12 || new Set(password).size < 5) return 0
  return Math.min(4, Math.floor(password.length / 6) - 1)
}
