/** The people who may sign in. What a password is turned into is the business of those who check it. */
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'

export type Role = 'viewer' | 'operator' | 'admin'

export interface User {
  readonly name: string
  readonly role: Role
  /** Salted and hashed. */
  readonly password: string
  readonly createdMs: number
  readonly createdBy: string
  readonly disabled: boolean
}

/** Finds a user by name, in any case. */
export function userNamed(history: History, name: string): User | undefined {
  const row = guarded(history.file, () => history.database.prepare('select * from users where name = ?').get(name))
  return row && userOf(row)
}

/** Lists users by name. */
export function listUsers(history: History): readonly User[] {
  return guarded(history.file, () => history.database.prepare('select * from users order by name').all().map(userOf))
}

/** Adds a user; false when there is one of this name. */
export function addUser(history: History, user: User): boolean {
  const { name, role, password, createdMs, createdBy, disabled } = user
  return guarded(history.file, () => {
    const { changes } = history.database
      .prepare('insert into users values (?, ?, ?, ?, ?, ?) on conflict do nothing')
      .run(name, role, password, createdMs, createdBy, Number(disabled))
    return changes === 1
  })
}

/** Writes role, password and state of a user who is there. */
export function replaceUser(history: History, { name, role, password, disabled }: User): void {
  guarded(history.file, () =>
    history.database
      .prepare('update users set role = ?, password = ?, disabled = ? where name = ?')
      .run(role, password, Number(disabled), name),
  )
}

/** Removes a user with all sessions. */
export function removeUser(history: History, name: string): void {
  guarded(history.file, () => history.database.prepare('delete from users where name = ?').run(name))
}

/** Tells whether somebody could let others in. */
export function hasAdmin(history: History, { besides = '' }: { readonly besides?: string } = {}): boolean {
  return guarded(
    history.file,
    () =>
      history.database
        .prepare(`select 1 from users where role = 'admin' and disabled = 0 and name <> ? limit 1`)
        .get(besides) !== undefined,
  )
}

function userOf(row: Record<string, unknown>): User {
  return {
    name: String(row.name),
    role: row.role as Role,
    password: String(row.password),
    createdMs: Number(row.created_ms),
    createdBy: String(row.created_by),
    disabled: row.disabled === 1,
  }
}
