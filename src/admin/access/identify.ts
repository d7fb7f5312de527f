/** From what a request carries to who is asking: the one place that makes an Identity. */
import { keyByHash, touchKey } from '../../history/api-keys.ts'
import type { History } from '../../history/open-history.ts'
import { endSession, sessionByHash, touchSession } from '../../history/sessions.ts'
import { userNamed } from '../../history/users.ts'
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

/** Finds who is asking; whatever does not hold makes nobody, without saying why. */
export function identify(credentials: Credentials, history: History, nowMs: number): Identity {
  const { authorization, sessionToken, isUnattended = false } = credentials
  if (authorization !== undefined) return byKey(authorization, history, nowMs)
  return sessionToken === undefined ? nobody : bySession(sessionToken, { history, nowMs, isUnattended })
}

function byKey(authorization: string, history: History, nowMs: number): Identity {
  const token = /^Bearer (vdt_key_[\w-]{43})$/i.exec(authorization)?.[1]
  const key = token === undefined ? undefined : keyByHash(history, hashToken(token))
  if (key === undefined || key.revoked || key.untilMs <= nowMs) return nobody
  if (nowMs - (key.usedMs ?? 0) > TOUCH_MS) touchKey(history, key.id, nowMs)
  return {
    name: `key:${key.name}`,
    role: key.role,
    by: 'key',
    areas: key.areas as readonly Area[],
    sessionId: null,
    idleUntilMs: null,
    untilMs: key.untilMs,
  }
}

interface Visit {
  readonly history: History
  readonly nowMs: number
  readonly isUnattended: boolean
}

function bySession(token: string, { history, nowMs, isUnattended }: Visit): Identity {
  const session = /^vdt_session_[\w-]{43}$/.test(token) ? sessionByHash(history, hashToken(token)) : undefined
  if (session === undefined) return nobody
  const user = userNamed(history, session.user)
  const isOver = session.untilMs <= nowMs || session.seenMs + sessionLimits.idleMs <= nowMs
  if (user === undefined || user.disabled || isOver) {
    endSession(history, session.id)
    return nobody
  }
  // Not at every request: a write to the disk each time would make reading as dear as writing.
  const seenMs = isUnattended ? session.seenMs : nowMs
  if (seenMs - session.seenMs > TOUCH_MS) touchSession(history, session.id, seenMs)
  return {
    name: user.name,
    role: user.role,
    by: 'session',
    areas: 'all',
    sessionId: session.id,
    idleUntilMs: Math.min(seenMs + sessionLimits.idleMs, session.untilMs),
    untilMs: session.untilMs,
  }
}

const TOUCH_MS = 60_000
