/**
 * The record of what was applied: versions are appended and read, nothing else. The newest version is the active
 * one; a rollback is a new version with an old text.
 */

import { createHash } from 'node:crypto'
import { SidecarError } from '../errors.ts'
import { type KeptCatalogue, noteCatalogue } from './catalogues.ts'
import type { History } from './open-history.ts'
import { replacePending } from './pending.ts'
import { guarded } from './sqlite-error.ts'
import { inTransaction } from './transaction.ts'

/** Where a version came from. */
export type VersionSource = 'page' | 'api' | 'cli' | 'file' | 'signal' | 'rollback' | 'revert'

/** All that is known of a version but its text. */
export interface VersionHead {
  readonly number: number
  /** SHA-256 of the text, hex. */
  readonly sha256: string
  readonly author: string
  readonly timeMs: number
  readonly comment: string
  readonly source: VersionSource
  /** The version that was active before; null for the first. */
  readonly parent: number | null
}

export interface Version extends VersionHead {
  readonly text: string
}

/** What the applier knows of a new version; number, hash and parent are given here. */
export interface NewVersion {
  readonly text: string
  readonly author: string
  readonly comment: string
  readonly source: VersionSource
  readonly timeMs: number
  /** The active version the author started from; another one meanwhile is OPERATOR_EDIT_CONFLICT. */
  readonly expectedParent?: number
  /** Asks for a confirmation until then, and names the version to go back to without one. */
  readonly confirm?: { readonly deadlineMs: number; readonly revertTo: number }
  /** What could be offered when it came into force. */
  readonly catalogue?: KeptCatalogue
}

/**
 * Appends a version and makes it the active one. A confirmation that was pending ends with it, in the same
 * transaction: it belonged to the version before, and a crash between the two steps could never revert.
 */
export function recordVersion(history: History, entry: NewVersion): VersionHead {
  return inTransaction(history, () => {
    const parent = activeNumber(history)
    assertStillParent(entry, parent)
    const number = (parent ?? 0) + 1
    const sha256 = hashText(entry.text)
    history.database
      .prepare(
        `insert into versions (number, sha256, author, time_ms, comment, source, parent, text)
         values (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(number, sha256, entry.author, entry.timeMs, entry.comment, entry.source, parent, entry.text)
    replacePending(history, entry.confirm === undefined ? null : { version: number, ...entry.confirm })
    if (entry.catalogue !== undefined) noteCatalogue(history, number, entry.catalogue)
    const { author, timeMs, comment, source } = entry
    return { number, sha256, author, timeMs, comment, source, parent }
  })
}

/** Reads the newest version, or null when nothing was ever applied. */
export function activeVersion(history: History): Version | null {
  return guarded(history.file, () => {
    const number = activeNumber(history)
    return number === null ? null : versionByNumber(history, number)
  })
}

/** Reads one version with its text; an unknown number is OPERATOR_VERSION_UNKNOWN. */
export function versionByNumber(history: History, number: number): Version {
  const row = guarded(history.file, () =>
    history.database.prepare('select * from versions where number = ?').get(number),
  )
  if (row === undefined) throw new SidecarError('OPERATOR_VERSION_UNKNOWN', `there is no version ${number}`)
  const version = { ...headOf(row), text: String(row.text) }
  // Triggers stop statements, not a hex editor: a text that no longer has its hash must not come into force.
  if (hashText(version.text) !== version.sha256) {
    const message = `history ${history.file}: the text of version ${number} no longer matches its hash`
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', message, { details: { file: history.file, version: number } })
  }
  return version
}

/** Lists versions without their texts, newest first; `before` is the number the next page starts under. */
export function listVersions(history: History, page: { limit: number; before?: number }): readonly VersionHead[] {
  const below = page.before ?? Number.MAX_SAFE_INTEGER
  return guarded(history.file, () =>
    history.database
      .prepare(
        `select number, sha256, author, time_ms, comment, source, parent from versions
         where number < ? order by number desc limit ?`,
      )
      .all(below, page.limit)
      .map(headOf),
  )
}

/** Hashes a policy text the way versions are hashed. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function activeNumber(history: History): number | null {
  const newest = history.database.prepare('select max(number) as newest from versions').get()?.newest
  return typeof newest === 'number' ? newest : null
}

function assertStillParent(entry: NewVersion, active: number | null): void {
  if (entry.expectedParent === undefined || entry.expectedParent === active) return
  const message = `the edit started from version ${entry.expectedParent}, but version ${active ?? 'none'} is active now`
  throw new SidecarError('OPERATOR_EDIT_CONFLICT', message, { details: { expected: entry.expectedParent, active } })
}

function headOf(row: Record<string, unknown>): VersionHead {
  return {
    number: Number(row.number),
    sha256: String(row.sha256),
    author: String(row.author),
    timeMs: Number(row.time_ms),
    comment: String(row.comment),
    source: row.source as VersionSource,
    parent: row.parent === null ? null : Number(row.parent),
  }
}
