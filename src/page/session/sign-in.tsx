import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect } from 'react'
import type { Session, SignInRequest } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { ProblemNote } from '../parts/problem-note.tsx'

/** The door: name and password. Where there is no admin yet, it says how to make one. */
export function SignIn() {
  const client = useQueryClient()
  const signIn = useMutation({
    mutationFn: (body: SignInRequest) => ask<Session>('/session', { method: 'POST', body }),
    onSuccess: (session) => client.setQueryData(['session'], session),
  })
  useEffect(() => {
    document.title = 'Sign in – Vedette System Manager'
  }, [])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    signIn.mutate({ name: String(form.get('name')), password: String(form.get('password')) })
  }
  return (
    <main className="door">
      <h1>Vedette System Manager</h1>
      <ProblemNote error={signIn.error} title="You are not signed in" />
      <form onSubmit={submit}>
        <label className="field">
          Name
          <input name="name" autoComplete="username" required maxLength={64} />
        </label>
        <label className="field">
          Password
          <input name="password" type="password" autoComplete="current-password" required maxLength={200} />
        </label>
        <button type="submit" className="main" disabled={signIn.isPending}>
          Sign in
        </button>
      </form>
      <p className="quiet">
        No account yet? The instance prints a one-time link at its start; <code>vedette setup</code> makes another one.
      </p>
    </main>
  )
}
