/**
 * The history file: `history.sqlite` in the state folder, only home of node:sqlite. Lives in the control process,
 * where a slow disk holds up no traffic. A file that cannot be read is reported and left where it is: the record of
 * who changed what is never replaced silently. `setHistoryAside` is the explicit act.
 */

import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SidecarError } from '../errors.ts'
import { assertOurs, migrate } from './schema.ts'
import { guarded } from './sqlite-error.ts'

/** An open history; every function of this room takes it first. */
export interface History {
  readonly file: string
  readonly database: DatabaseSync
  /** True when this opening made the tables: the caller says so in the log, since a lost file looks like this too. */
  readonly fresh: boolean
}

/** Names the history file of a state folder. */
export function historyFile(stateFolder: string): string {
  return join(stateFolder, 'history.sqlite')
}

/** Opens the history of a state folder, making folder and file when they are missing. */
export async function openHistory(stateFolder: string): Promise<History> {
  const file = historyFile(stateFolder)
  makePrivateFile(stateFolder, file)
  // Lazily: the workers and most commands never need a database, and loading it costs memory.
  const { DatabaseSync } = await import('node:sqlite')
  return guarded(file, () => {
    const database = new DatabaseSync(file, { timeout: lockTimeoutMs })
    try {
      return { file, database, fresh: prepare(database, file) }
    } catch (thrown) {
      database.close()
      throw thrown
    }
  })
}

/**
 * Opens the history of a state folder to look something up, and changes nothing: no table is made or brought up to date,
 * for an older release may be running on it. Undefined where there is none, or none that can be read.
 */
export async function openToRead(stateFolder: string): Promise<History | undefined> {
  const file = historyFile(stateFolder)
  if (!existsSync(file)) return undefined
  const { DatabaseSync } = await import('node:sqlite')
  try {
    return { file, database: new DatabaseSync(file, { readOnly: true, timeout: lockTimeoutMs }), fresh: false }
  } catch {
    return undefined
  }
}

/** Closes a history; closing twice is allowed. */
export function closeHistory(history: History): void {
  if (history.database.isOpen) guarded(history.file, () => history.database.close())
}

/**
 * Renames a damaged history file with its write-ahead log, so that the next opening starts a new one. Called only
 * when an operator asks for it. Answers the name it has now.
 */
export function setHistoryAside(stateFolder: string, nowMs: number): string {
  const file = historyFile(stateFolder)
  const aside = `${file}.set-aside-${nowMs}`
  try {
    renameSync(file, aside)
    // The log belongs to the file it was written for: left behind, it would be replayed into the new one.
    for (const suffix of ['-wal', '-shm']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
    }
  } catch (cause) {
    throw new SidecarError('OPERATOR_FILE_UNWRITABLE', `history ${file} cannot be moved aside`, { cause })
  }
  return aside
}

function prepare(database: DatabaseSync, file: string): boolean {
  // quick_check reads every page: tens of microseconds for a history of hundreds of versions, and a damaged page is
  // found now, not in the middle of a rollback.
  const check = database.prepare('pragma quick_check(1)').get()?.quick_check
  if (check !== 'ok') {
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', `history ${file} is damaged: ${String(check)}`, {
      details: { file },
    })
  }
  assertOurs(database, file)
  // FULL, not WAL's usual NORMAL: a version that was announced as applied must survive a power cut.
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
  return migrate(database, file).fresh
}

/**
 * Makes the file before SQLite does, because SQLite would make it readable for all; its -wal and -shm files take
 * their rights from it. Policies name internal hosts, and authors are people.
 */
function makePrivateFile(stateFolder: string, file: string): void {
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new SidecarError('OPERATOR_FILE_UNWRITABLE', `history ${file} cannot be opened for writing: ${reason}`, {
      details: { file },
      cause,
    })
  }
}

const lockTimeoutMs = 3000
