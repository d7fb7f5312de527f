/** Who is signed in, by the hash of the token that their browser holds. */
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'

export interface StoredSession {
  /** Names the session where people see it; worth nothing as a credential. */
  readonly id: string
  /** SHA-256 of the token, hex. */
  readonly hash: string
  readonly user: string
  readonly address: string
  readonly userAgent: string
  readonly createdMs: number
  readonly seenMs: number
  readonly untilMs: number
}

/** Stores a new session. */
export function addSession(history: History, session: StoredSession): void {
  const { id, hash, user, address, userAgent, createdMs, seenMs, untilMs } = session
  guarded(history.file, () =>
    history.database
      .prepare('insert into sessions values (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(id, hash, user, address, userAgent, createdMs, seenMs, untilMs),
  )
}

/** Finds a session by the hash of its token. */
export function sessionByHash(history: History, hash: string): StoredSession | undefined {
  const row = guarded(history.file, () => history.database.prepare('select * from sessions where hash = ?').get(hash))
  return row && sessionOf(row)
}

/** Lists sessions, the newest first; of one user when one is named. */
export function listSessions(history: History, user?: string): readonly StoredSession[] {
  return guarded(history.file, () =>
    history.database
      .prepare('select * from sessions where ?1 is null or user = ?1 order by created_ms desc, id')
      .all(user ?? null)
      .map(sessionOf),
  )
}

/** Notes that a session was used. */
export function touchSession(history: History, id: string, seenMs: number): void {
  guarded(history.file, () => history.database.prepare('update sessions set seen_ms = ? where id = ?').run(seenMs, id))
}

/** Ends a session. */
export function endSession(history: History, id: string): void {
  guarded(history.file, () => history.database.prepare('delete from sessions where id = ?').run(id))
}

/** Ends all sessions of a user, but for one when it is named. */
export function endSessionsOf(history: History, user: string, { but = '' }: { readonly but?: string } = {}): void {
  guarded(history.file, () =>
    history.database.prepare('delete from sessions where user = ? and id <> ?').run(user, but),
  )
}

/** Ends every session that is over: unused since one moment, or older than it may be by another. */
export function endOldSessions(history: History, { idleSinceMs, nowMs }: { idleSinceMs: number; nowMs: number }): void {
  guarded(history.file, () =>
    history.database.prepare('delete from sessions where seen_ms < ? or until_ms <= ?').run(idleSinceMs, nowMs),
  )
}

function sessionOf(row: Record<string, unknown>): StoredSession {
  return {
    id: String(row.id),
    hash: String(row.hash),
    user: String(row.user),
    address: String(row.address),
    userAgent: String(row.user_agent),
    createdMs: Number(row.created_ms),
    seenMs: Number(row.seen_ms),
    untilMs: Number(row.until_ms),
  }
}
