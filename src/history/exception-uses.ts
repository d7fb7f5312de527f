/** How often each exception of a policy was what let a backend pass, and when last, across versions and restarts. */
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'
import { inTransaction } from './transaction.ts'

export interface ExceptionUse {
  /** Names an exception; the same as in the metric. */
  readonly id: string
  readonly uses: number
  readonly lastUsedMs: number
}

/** Adds uses to what is recorded; exceptions that were not used for longest are forgotten beyond a thousand. */
export function recordExceptionUses(history: History, uses: readonly ExceptionUse[]): void {
  inTransaction(history, () => {
    const add = history.database.prepare(
      `insert into exception_uses (id, uses, last_used_ms) values (?, ?, ?)
       on conflict (id) do update set uses = uses + excluded.uses, last_used_ms = max(last_used_ms, excluded.last_used_ms)`,
    )
    for (const { id, uses: count, lastUsedMs } of uses) add.run(id, count, lastUsedMs)
    history.database
      .prepare(
        'delete from exception_uses where id in (select id from exception_uses order by last_used_ms desc limit -1 offset ?)',
      )
      .run(USES_MAX)
  })
}

/** Reads all uses, by the exception's id. */
export function exceptionUses(history: History): ReadonlyMap<string, ExceptionUse> {
  return guarded(history.file, () => {
    const rows = history.database.prepare('select * from exception_uses').all()
    return new Map(
      rows.map((row) => [
        String(row.id),
        { id: String(row.id), uses: Number(row.uses), lastUsedMs: Number(row.last_used_ms) },
      ]),
    )
  })
}

const USES_MAX = 1000
