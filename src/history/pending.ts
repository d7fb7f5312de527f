/**
 * The one applied version that still waits for its confirmation. It is kept in the file, so that a restart of the
 * process in the meantime does not turn "reverts by itself" into "stays for ever".
 */

import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'

export interface PendingConfirmation {
  readonly version: number
  /** Milliseconds since the epoch: without a confirmation by then, `revertTo` is applied again. */
  readonly deadlineMs: number
  readonly revertTo: number
}

/** Reads the pending confirmation, or null when nothing waits for one. */
export function pending(history: History): PendingConfirmation | null {
  const row = guarded(history.file, () => history.database.prepare('select * from pending').get())
  if (row === undefined) return null
  return { version: Number(row.version), deadlineMs: Number(row.deadline_ms), revertTo: Number(row.revert_to) }
}

/** Makes a version wait for a confirmation, in place of any that waited before. */
export function setPending(history: History, entry: PendingConfirmation): void {
  guarded(history.file, () => replacePending(history, entry))
}

/** Confirms: whatever waits, waits no longer. Answers what it was. */
export function clearPending(history: History): PendingConfirmation | null {
  const was = pending(history)
  guarded(history.file, () => replacePending(history, null))
  return was
}

/** Writes or empties the one row; for use inside a transaction of this room. */
export function replacePending(history: History, entry: PendingConfirmation | null): void {
  if (entry === null) {
    history.database.exec('delete from pending')
    return
  }
  history.database
    .prepare('insert or replace into pending (one, version, deadline_ms, revert_to) values (1, ?, ?, ?)')
    .run(entry.version, entry.deadlineMs, entry.revertTo)
}
