import crypto from 'node:crypto'
import type { Credentials } from './read-socks.ts'

/** Tells whether somebody is who they say; takes as long for a name that nobody has as for a wrong password. */
export function isKnownUser(users: Readonly<Record<string, string>>, { user, password }: Credentials): boolean {
  const expected = Object.hasOwn(users, user) ? users[user] : undefined
  const given = crypto.hash('sha256', password, 'buffer')
  const isRight = crypto.timingSafeEqual(given, expected === undefined ? NOBODY : Buffer.from(expected, 'hex'))
  return isRight && expected !== undefined
}

const NOBODY = Buffer.alloc(32)
