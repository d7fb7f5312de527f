import crypto from 'node:crypto'
import type { History } from '../../history/open-history.ts'
import { setupToken } from '../../history/setup-token.ts'
import { hashToken } from './token.ts'

/** Tells whether this is the token of the setup link that waits to be used. */
export function isSetupToken(token: string, history: History, nowMs: number): boolean {
  const stored = setupToken(history)
  if (stored === undefined || stored.untilMs <= nowMs) return false
  return crypto.timingSafeEqual(Buffer.from(stored.hash), Buffer.from(hashToken(token)))
}
