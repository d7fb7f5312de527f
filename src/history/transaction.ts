/** Several statements that happen together or not at all. */
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'

/** Runs work on the history in one transaction; what it throws takes everything back. */
export function inTransaction<T>(history: History, work: () => T): T {
  const { database } = history
  return guarded(history.file, () => {
    database.exec('begin immediate')
    try {
      const result = work()
      database.exec('commit')
      return result
    } catch (thrown) {
      // A full disk may already have rolled back by itself; a second rollback would hide why.
      if (database.isTransaction) database.exec('rollback')
      throw thrown
    }
  })
}
