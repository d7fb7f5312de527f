/** Coming in and going out. A token is made at every sign-in, never taken from whoever signs in. */
import { SidecarError } from '../../errors.ts'
import {
  addSession,
  endOldSessions,
  endSession,
  endSessionsOf,
  listSessions,
  type StoredSession,
} from '../../history/sessions.ts'
import { clearSetupToken } from '../../history/setup-token.ts'
import { addUser, hasAdmin, replaceUser, type User, userNamed } from '../../history/users.ts'
import { sessionLimits } from '../access/identify.ts'
import type { Identity } from '../access/identity.ts'
import { isSetupToken } from '../access/is-setup-token.ts'
import { hashPassword, isPassword } from '../access/password.ts'
import { hashToken, makeId, makeToken } from '../access/token.ts'
import type { Handlers, Means } from '../call.ts'
import type { Session } from '../contract.ts'

type Names = 'setupState' | 'setUp' | 'signIn' | 'session' | 'signOut' | 'changePassword' | 'sessions' | 'endSession'

export const sessionHandlers: Handlers<Names> = {
  setupState: (_call, { instance: { history } }) => ({ needed: !hasAdmin(history) }),

  async setUp(call, means) {
    const { history } = means.instance
    const { token, name, password } = call.body
    assertMayTry('', call.address, means)
    if (!isSetupToken(token, history, means.now())) {
      means.tries.failed('', call.address)
      throw new SidecarError('OPERATOR_SIGN_IN_FAILED', 'this link was used, has run out, or never was one')
    }
    const hash = await hashPassword(password)
    // Asked again, because hashing takes time: of two who use the link at once, one comes second.
    if (!isSetupToken(token, history, means.now()))
      throw new SidecarError('OPERATOR_CONFLICT', 'this link was just used')
    const user: User = {
      ...{ name, role: 'admin', password: hash, createdMs: means.now(), createdBy: 'setup link', disabled: false },
    }
    if (!addUser(history, user)) throw new SidecarError('OPERATOR_CONFLICT', `there is a user ${name} already`)
    clearSetupToken(history)
    return openSession(user, call, means)
  },

  async signIn(call, means) {
    const { name, password } = call.body
    const { history } = means.instance
    const user = userNamed(history, name)
    const isRight = await tryPassword({ name, password, stored: user?.password, address: call.address }, means)
    if (user === undefined || !isRight || user.disabled) {
      throw new SidecarError('OPERATOR_SIGN_IN_FAILED', 'name or password is wrong')
    }
    means.tries.succeeded(name, call.address)
    endOldSessions(history, { idleSinceMs: means.now() - sessionLimits.idleMs, nowMs: means.now() })
    return openSession(user, call, means)
  },

  session: ({ who }) => sessionOf(who),

  signOut(call, { instance: { history } }) {
    if (call.who.sessionId !== null) endSession(history, call.who.sessionId)
    call.setSession('')
    return undefined
  },

  async changePassword(call, means) {
    const { who, body, address } = call
    const { history } = means.instance
    const user = userNamed(history, who.name)
    const tried = { name: who.name, password: body.current, stored: user?.password, address }
    if (!(await tryPassword(tried, means)) || user === undefined) {
      throw new SidecarError('OPERATOR_NOT_PERMITTED', 'the current password is another one')
    }
    means.tries.succeeded(who.name, address)
    replaceUser(history, { ...user, password: await hashPassword(body.password) })
    endSessionsOf(history, user.name, { but: who.sessionId ?? '' })
    return undefined
  },

  sessions({ who }, { instance: { history } }) {
    const found = listSessions(history, who.role === 'admin' ? undefined : who.name)
    return {
      items: found.map(({ user: name, hash: _, ...session }) => ({
        ...session,
        name,
        isThis: session.id === who.sessionId,
      })),
    }
  },

  endSession({ who, params }, { instance: { history } }) {
    const own = listSessions(history, who.role === 'admin' ? undefined : who.name)
    const session = own.find(({ id }) => id === params.id)
    if (session === undefined) throw new SidecarError('OPERATOR_NOT_FOUND', 'there is no such session')
    endSession(history, session.id)
    return undefined
  },
}

function assertMayTry(name: string, address: string, { tries }: Means): void {
  const retryAfterS = tries.waitS(name, address)
  if (retryAfterS === 0) return
  throw new SidecarError('OPERATOR_TOO_MANY_TRIES', `too many wrong tries from ${address}: wait ${retryAfterS} s`, {
    details: { retryAfterS },
  })
}

interface Try {
  readonly name: string
  readonly password: string
  /** What the password of this user was turned into; undefined where there is no such user. */
  readonly stored: string | undefined
  readonly address: string
}

async function tryPassword({ name, password, stored, address }: Try, means: Means): Promise<boolean> {
  assertMayTry(name, address, means)
  // Counted before the password is checked: many tries at once must not slip through while one is being hashed.
  means.tries.failed(name, address)
  try {
    return await isPassword(password, stored)
  } catch (error) {
    means.tries.takenBack(name, address)
    throw error
  }
}

interface Comer {
  readonly address: string
  readonly userAgent: string
  setSession(token: string): void
}

function openSession(user: User, comer: Comer, { instance, now }: Means): Session {
  const token = makeToken('session')
  const nowMs = now()
  const { address, userAgent } = comer
  const times = { createdMs: nowMs, seenMs: nowMs, untilMs: nowMs + sessionLimits.absoluteMs }
  const session: StoredSession = { id: makeId(), hash: hashToken(token), user: user.name, address, userAgent, ...times }
  addSession(instance.history, session)
  comer.setSession(token)
  const idleUntilMs = nowMs + sessionLimits.idleMs
  return {
    name: user.name,
    role: user.role,
    by: 'session',
    sessionId: session.id,
    idleUntilMs,
    untilMs: session.untilMs,
  }
}

function sessionOf({ name, role, by, sessionId, idleUntilMs, untilMs }: Identity): Session {
  return { name, role: role as Session['role'], by: by as Session['by'], sessionId, idleUntilMs, untilMs }
}
