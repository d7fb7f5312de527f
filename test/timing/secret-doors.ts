/**
 * Every place where a secret that somebody brings is compared with one we know, each with a secret in it and the check
 * that a stranger reaches. A guess is the secret but for one letter: the first, or the last. Secrets are many and taken in
 * turn, since a look-up of one hash may well take longer than that of another: what must not tell is how near a guess was.
 */
import crypto from 'node:crypto'
import { identify, sessionLimits } from '../../src/admin/access/identify.ts'
import { isSetupToken } from '../../src/admin/access/is-setup-token.ts'
import { hashToken, makeToken } from '../../src/admin/access/token.ts'
import { addKey } from '../../src/history/api-keys.ts'
import type { History } from '../../src/history/open-history.ts'
import { addSession } from '../../src/history/sessions.ts'
import { replaceSetupToken } from '../../src/history/setup-token.ts'
import { addUser } from '../../src/history/users.ts'
import { isKnownUser } from '../../src/proxy/socks/known-user.ts'
import type { Probing } from './compare-times.ts'

/** The doors, by what is brought to them. */
export function secretDoors(history: History): Readonly<Record<string, Probing>> {
  const nowMs = Date.now()
  const untilMs = nowMs + sessionLimits.absoluteMs
  addUser(history, { name: 'dana', role: 'admin', password: '', createdMs: 1, createdBy: 'test', disabled: false })
  const sessions = many('session')
  for (const [index, token] of sessions.entries()) {
    const times = { createdMs: nowMs, seenMs: nowMs, untilMs }
    addSession(history, {
      ...{ id: `s${index}`, hash: hashToken(token), user: 'dana', address: '', userAgent: '', ...times },
    })
  }
  const keys = many('key')
  for (const [index, token] of keys.entries()) {
    addKey(history, {
      ...{ id: `k${index}`, hash: hashToken(token), name: 'ci', role: 'operator', areas: [], createdMs: nowMs },
      ...{ createdBy: 'dana', untilMs, usedMs: nowMs, revoked: false },
    })
  }
  const setup = makeToken('setup')
  replaceSetupToken(history, { hash: hashToken(setup), untilMs })
  const password = makeToken('session')
  const users = { app: crypto.hash('sha256', password, 'hex') }
  return {
    'session token': {
      guess: nearMiss(sessions),
      check: (sessionToken) => identify({ authorization: undefined, sessionToken }, history, nowMs),
    },
    'API key': {
      guess: nearMiss(keys),
      check: (key) => identify({ authorization: `Bearer ${key}`, sessionToken: undefined }, history, nowMs),
    },
    'setup link': { guess: nearMiss([setup]), check: (token) => isSetupToken(token, history, nowMs) },
    'SOCKS password': {
      guess: nearMiss([password]),
      check: (guess) => isKnownUser(users, { user: 'app', password: guess }),
    },
  }
}

/** The twin that must be found out: the secret itself, compared letter by letter until one differs. */
export function naiveDoor(): Probing {
  const secret = makeToken('session')
  const check = (guess: string) => {
    for (let at = 0; at < secret.length; at += 1) if (guess.charCodeAt(at) !== secret.charCodeAt(at)) return false
    return guess.length === secret.length
  }
  return { guess: nearMiss([secret]), check }
}

function many(kind: 'session' | 'key'): string[] {
  return Array.from({ length: SECRETS }, () => makeToken(kind))
}

/** Guesses with one wrong letter: the first after the prefix that everybody knows, or the last. */
function nearMiss(secrets: readonly string[]): Probing['guess'] {
  return (kind) => {
    const secret = secrets[crypto.randomInt(secrets.length)] as string
    const at = kind === 0 ? (/^vdt_[a-z]+_/.exec(secret)?.[0] ?? '').length : secret.length - 1
    const others = LETTERS.replace(secret[at] as string, '')
    const guess = `${secret.slice(0, at)}${others[crypto.randomInt(others.length)]}${secret.slice(at + 1)}`
    // As it comes from the wire: V8 joins strings when they are first read, which takes its time and would be measured.
    return Buffer.from(guess, 'latin1').toString('latin1')
  }
}

const SECRETS = 500
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
