import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { NewUser, Role, User, UserChange } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { looks } from '../api/looks.ts'
import { Answered } from '../parts/answered.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Time } from '../parts/time.tsx'
import { DataTable } from '../show/data-table.tsx'

type Wish =
  | { readonly kind: 'add'; readonly user: NewUser }
  | { readonly kind: 'change'; readonly name: string; readonly to: UserChange }
  | { readonly kind: 'remove'; readonly name: string }

/** Who may come in, and as what. The last admin stays one: the API sees to it. */
export function UsersCard() {
  const client = useQueryClient()
  const users = useQuery(looks.users)
  const changing = useMutation({
    mutationFn: carryOut,
    onSettled: () => {
      for (const key of ['users', 'sessions']) void client.invalidateQueries({ queryKey: [key] })
    },
  })
  return (
    <section className="card" aria-label="Users">
      <h2>Users</h2>
      <ProblemNote error={changing.error} />
      <Answered query={users}>{({ items }) => <UserTable users={items} onWish={changing.mutate} />}</Answered>
      <NewUserForm onWish={changing.mutate} />
    </section>
  )
}

function carryOut(wish: Wish): Promise<unknown> {
  if (wish.kind === 'add') return ask<User>('/users', { method: 'POST', body: wish.user })
  const path = `/users/${encodeURIComponent(wish.name)}`
  return wish.kind === 'change'
    ? ask<User>(path, { method: 'PATCH', body: wish.to })
    : ask<unknown>(path, { method: 'DELETE' })
}

interface UserTableProps {
  readonly users: readonly User[]
  readonly onWish: (wish: Wish) => void
}

function UserTable({ users, onWish }: UserTableProps) {
  const [doomed, doom] = useState('')
  return (
    <DataTable
      caption="Users"
      rows={users}
      keyOf={({ name }) => name}
      columns={[
        { title: 'Name', isHead: true, cell: ({ name }) => name },
        {
          title: 'Role',
          cell: ({ name, role }) => (
            <RoleChoice
              label={`Role of ${name}`}
              role={role}
              onRole={(to) => onWish({ kind: 'change', name, to: { role: to } })}
            />
          ),
        },
        { title: 'State', cell: ({ disabled }) => (disabled ? 'disabled' : 'may come in') },
        { title: 'Made', cell: ({ createdMs }) => <Time ms={createdMs} /> },
        { title: 'By', cell: ({ createdBy }) => createdBy },
        {
          title: 'Act',
          cell: ({ name, disabled }) => (
            <span className="row">
              <button type="button" onClick={() => onWish({ kind: 'change', name, to: { disabled: !disabled } })}>
                {disabled ? `Enable ${name}` : `Disable ${name}`}
              </button>
              <button
                type="button"
                className="danger"
                onClick={() => (doomed === name ? onWish({ kind: 'remove', name }) : doom(name))}
              >
                {doomed === name ? `Yes, remove ${name}` : `Remove ${name}…`}
              </button>
            </span>
          ),
        },
      ]}
    />
  )
}

interface RoleChoiceProps {
  readonly label: string
  readonly role: Role
  readonly onRole: (role: Role) => void
}

function RoleChoice({ label, role, onRole }: RoleChoiceProps) {
  return (
    <select aria-label={label} value={role} onChange={({ target }) => onRole(target.value as Role)}>
      {roles.map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
  )
}

function NewUserForm({ onWish }: Pick<UserTableProps, 'onWish'>) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const said = (field: string) => String(form.get(field))
    onWish({ kind: 'add', user: { name: said('name'), role: said('role') as Role, password: said('password') } })
    event.currentTarget.reset()
  }
  return (
    <details>
      <summary>Add a user</summary>
      <form onSubmit={submit}>
        <label className="field">
          Name
          <input name="name" required maxLength={64} autoComplete="off" />
        </label>
        <label className="field">
          Role
          <select name="role" defaultValue="viewer">
            {roles.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label className="field">
          First password, at least 12 characters
          <input name="password" type="password" required minLength={12} maxLength={200} autoComplete="new-password" />
        </label>
        <button type="submit">Add the user</button>
      </form>
    </details>
  )
}

const roles: readonly Role[] = ['viewer', 'operator', 'admin']
