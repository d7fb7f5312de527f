/** The one-time link that makes the first admin: one at a time, by the hash of its token, for a while. */
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'

export interface SetupToken {
  /** SHA-256 of the token, hex. */
  readonly hash: string
  readonly untilMs: number
}

/** Stores a token in place of any before it, which is worth nothing from now on. */
export function replaceSetupToken(history: History, { hash, untilMs }: SetupToken): void {
  guarded(history.file, () =>
    history.database.prepare('insert or replace into setup_token values (1, ?, ?)').run(hash, untilMs),
  )
}

/** Reads the token that is waiting to be used. */
export function setupToken(history: History): SetupToken | undefined {
  const row = guarded(history.file, () => history.database.prepare('select * from setup_token').get())
  return row && { hash: String(row.hash), untilMs: Number(row.until_ms) }
}

/** Takes the token away: it has been used. */
export function clearSetupToken(history: History): void {
  guarded(history.file, () => history.database.exec('delete from setup_token'))
}
