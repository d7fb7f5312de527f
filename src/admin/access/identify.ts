/** From what a request carries to who is asking: the one place that makes an Identity. */
import { keyByHash, type StoredKey, touchKey } from '../../history/api-keys.ts'
import type { History } from '../../history/open-history.ts'
import { endSession, type StoredSession, sessionByHash, touchSession } from '../../history/sessions.ts'
import { type User, userNamed } from '../../history/users.ts'
import type { Area } from '../routes/route.ts'
import { type Identity, nobody } from './identity.ts'
import { hashToken } from './token.ts'

/** What a request carries. A key goes before a cookie: a program that sends one means it. */
export interface Credentials {
  readonly authorization: string | undefined
  readonly sessionToken: string | undefined
  /** Nobody sits there: a page asks by itself, which keeps nobody signed in. */
  readonly isUnattended?: boolean
}

/** How long a session lasts unused, and at most. */
export const sessionLimits = { idleMs: 30 * 60_000, absoluteMs: 12 * 3_600_000 } as const

/** Finds who is asking and notes the use; whatever does not hold makes nobody, without saying why. */
export function identify(credentials: Credentials, history: History, nowMs: number): Identity {
  const found = find(credentials, history, nowMs)
  if (found === undefined) return nobody
  if (found.by === 'key') {
    if (nowMs - (found.key.usedMs ?? 0) > TOUCH_MS) touchKey(history, found.key.id, nowMs)
    return ofKey(found.key)
  }
  const { session, user } = found
  if (user === undefined) {
    endSession(history, session.id)
    return nobody
  }
  const seenMs = credentials.isUnattended === true ? session.seenMs : nowMs
  // Not at every request: a write to the disk each time would make reading as dear as writing.
  if (seenMs - session.seenMs > TOUCH_MS) touchSession(history, session.id, seenMs)
  return ofSession({ ...session, seenMs }, user)
}

/** Tells whether what somebody came in with still holds. That is no use of it, and nothing is written. */
export function stillHolds(credentials: Credentials, history: History, nowMs: number): boolean {
  const found = find(credentials, history, nowMs)
  return found?.by === 'key' || found?.user !== undefined
}

type Found =
  | { readonly by: 'key'; readonly key: StoredKey }
  /** Without a user where it is over: too long unused, too old, or its user may come in no longer. */
  | { readonly by: 'session'; readonly session: StoredSession; readonly user: User | undefined }

function find({ authorization, sessionToken }: Credentials, history: History, nowMs: number): Found | undefined {
  if (authorization !== undefined) {
    const token = /^Bearer (vdt_key_[\w-]{43})$/i.exec(authorization)?.[1]
    const key = token === undefined ? undefined : keyByHash(history, hashToken(token))
    return key === undefined || key.revoked || key.untilMs <= nowMs ? undefined : { by: 'key', key }
  }
  if (sessionToken === undefined || !/^vdt_session_[\w-]{43}$/.test(sessionToken)) return undefined
  const session = sessionByHash(history, hashToken(sessionToken))
  if (session === undefined) return undefined
  const user = userNamed(history, session.user)
  const isOver = session.untilMs <= nowMs || session.seenMs + sessionLimits.idleMs <= nowMs
  return { by: 'session', session, user: isOver || user?.disabled === true ? undefined : user }
}

function ofKey({ name, role, areas, untilMs }: StoredKey): Identity {
  return {
    name: `key:${name}`,
    role,
    by: 'key',
    areas: areas as readonly Area[],
    sessionId: null,
    idleUntilMs: null,
    untilMs,
  }
}

function ofSession({ id, seenMs, untilMs }: StoredSession, { name, role }: User): Identity {
  return {
    name,
    role,
    by: 'session',
    areas: 'all',
    sessionId: id,
    idleUntilMs: Math.min(seenMs + sessionLimits.idleMs, untilMs),
    untilMs,
  }
}

const TOUCH_MS = 60_000
