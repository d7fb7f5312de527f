/** Users and API keys. Nobody can leave the instance without an admin who may come in. */
import { SidecarError } from '../../errors.ts'
import { addKey, listKeys, revokeKey, type StoredKey } from '../../history/api-keys.ts'
import type { History } from '../../history/open-history.ts'
import { endSessionsOf } from '../../history/sessions.ts'
import { addUser, hasAdmin, listUsers, removeUser, replaceUser, type User, userNamed } from '../../history/users.ts'
import { hashPassword } from '../access/password.ts'
import { hashToken, makeId, makeToken } from '../access/token.ts'
import type { Handlers } from '../call.ts'
import type { ApiKey } from '../contract.ts'

type Names = 'users' | 'addUser' | 'changeUser' | 'removeUser' | 'keys' | 'addKey' | 'revokeKey'

export const accessHandlers: Handlers<Names> = {
  users: (_call, { instance: { history } }) => ({ items: listUsers(history).map(withoutPassword) }),

  async addUser({ body, who }, { instance: { history }, now }) {
    const { name, role, password } = body
    const hash = await hashPassword(password)
    const user: User = { name, role, password: hash, createdMs: now(), createdBy: who.name, disabled: false }
    if (!addUser(history, user)) throw new SidecarError('OPERATOR_CONFLICT', `there is a user ${name} already`)
    return withoutPassword(user)
  },

  async changeUser({ body, params }, { instance: { history } }) {
    const user = found(history, params.name)
    const password = body.password === undefined ? user.password : await hashPassword(body.password)
    const changed: User = { ...user, role: body.role ?? user.role, disabled: body.disabled ?? user.disabled, password }
    if (changed.role !== 'admin' || changed.disabled) assertAnotherAdmin(history, user)
    replaceUser(history, changed)
    endSessionsOf(history, user.name)
    return withoutPassword(changed)
  },

  removeUser({ params }, { instance: { history } }) {
    const user = found(history, params.name)
    assertAnotherAdmin(history, user)
    removeUser(history, user.name)
    return undefined
  },

  keys: (_call, { instance: { history } }) => ({ items: listKeys(history).map(withoutHash) }),

  addKey({ body, who }, { instance: { history }, now }) {
    const secret = makeToken('key')
    const { name, role, areas, expiresInDays } = body
    const times = { createdMs: now(), untilMs: now() + expiresInDays * 86_400_000, usedMs: null }
    const key: StoredKey = {
      ...{ id: makeId(), hash: hashToken(secret), name, role, areas: [...new Set(areas)] },
      ...{ createdBy: who.name, revoked: false, ...times },
    }
    addKey(history, key)
    return { ...withoutHash(key), secret }
  },

  revokeKey({ params }, { instance: { history } }) {
    if (!revokeKey(history, params.id ?? '')) throw new SidecarError('OPERATOR_NOT_FOUND', 'there is no such key')
    return undefined
  },
}

function found(history: History, name = ''): User {
  const user = userNamed(history, name)
  if (user === undefined)
    throw new SidecarError('OPERATOR_NOT_FOUND', `there is no user ${JSON.stringify(name.slice(0, 64))}`)
  return user
}

function assertAnotherAdmin(history: History, user: User): void {
  if (user.role !== 'admin' || user.disabled || hasAdmin(history, { besides: user.name })) return
  throw new SidecarError('OPERATOR_CONFLICT', `${user.name} is the last admin: make another one first`)
}

function withoutPassword({ password: _, ...user }: User): Omit<User, 'password'> {
  return user
}

function withoutHash({ hash: _, areas, ...key }: StoredKey): Omit<ApiKey, 'areas'> & { areas: ApiKey['areas'] } {
  return { ...key, areas: areas as ApiKey['areas'] }
}
