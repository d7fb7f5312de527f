/**
 * SQLite's result codes in our own words. The only place that knows them: everything in this room runs its
 * statements through `guarded`, so that nobody else meets a raw database error.
 */

import { type ErrorCode, SidecarError } from '../errors.ts'

/** Runs one piece of database work and translates what SQLite throws; other errors pass through. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    throw asHistoryError(file, thrown)
  }
}

/** Turns an error of SQLite into a SidecarError that names the file; leaves every other error as it is. */
export function asHistoryError(file: string, thrown: unknown): unknown {
  const result = resultCodeOf(thrown)
  if (result === undefined) return thrown
  // Extended codes keep the primary one in the low byte: SQLITE_IOERR_WRITE is 778, which is 10 with more detail.
  const known = meanings[result & 0xff]
  if (known === undefined) return thrown
  return new SidecarError(known.code, `history ${file} ${known.text}`, {
    details: { file, sqlite: result },
    cause: thrown,
  })
}

interface Meaning {
  readonly code: ErrorCode
  readonly text: string
}

const damaged = 'is damaged: it is left as it is; move it aside to start a new history'
const meanings: Readonly<Record<number, Meaning>> = {
  3: { code: 'OPERATOR_FILE_UNREADABLE', text: 'may not be opened (permission denied)' },
  5: { code: 'OPERATOR_FILE_UNWRITABLE', text: 'is locked by another process' },
  6: { code: 'OPERATOR_FILE_UNWRITABLE', text: 'is locked by another process' },
  8: { code: 'OPERATOR_FILE_UNWRITABLE', text: 'is read-only' },
  10: { code: 'OPERATOR_FILE_UNWRITABLE', text: 'cannot be read or written: the disk reported an error' },
  11: { code: 'OPERATOR_FILE_UNREADABLE', text: damaged },
  13: { code: 'OPERATOR_FILE_UNWRITABLE', text: 'cannot grow: the disk is full' },
  14: { code: 'OPERATOR_FILE_UNREADABLE', text: 'cannot be opened' },
  26: { code: 'OPERATOR_FILE_UNREADABLE', text: damaged },
}

function resultCodeOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined
  return typeof thrown.errcode === 'number' ? thrown.errcode : undefined
}
