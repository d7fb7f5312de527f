/**
 * The record of who did what. Each entry carries the hash of itself and of the entry before, so that one that was
 * edited, taken out or put in between is found. A record whose end was cut off is whole in itself: only a hash that was
 * noted elsewhere shows that, which is why the check gives the newest one.
 */
import { hash as digest } from 'node:crypto'
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'
import { inTransaction } from './transaction.ts'

export interface AuditEntry {
  readonly number: number
  readonly timeMs: number
  readonly actor: string
  /** Where the request came from; empty for what came from this machine. */
  readonly address: string
  readonly action: string
  readonly subject: string
  readonly outcome: 'done' | 'refused'
  readonly detail: Readonly<Record<string, unknown>>
  readonly hash: string
}

export type NewAuditEntry = Omit<AuditEntry, 'number' | 'hash'>

/** Appends an entry. */
export function recordAudit(history: History, entry: NewAuditEntry): AuditEntry {
  return recordAudits(history, [entry])[0] as AuditEntry
}

/** Appends entries in one transaction: a command may write while the control process does, and none takes a number twice. */
export function recordAudits(history: History, entries: readonly NewAuditEntry[]): readonly AuditEntry[] {
  return inTransaction(history, () => entries.map((entry) => append(history, entry)))
}

function append({ database }: History, entry: NewAuditEntry): AuditEntry {
  const last = database.prepare('select number, hash from audit order by number desc limit 1').get()
  const number = Number(last?.number ?? 0) + 1
  const { timeMs, actor, address, action, subject, outcome } = entry
  const detail = JSON.stringify(entry.detail)
  const hash = hashOf({ number, timeMs, actor, address, action, subject, outcome, detail }, String(last?.hash ?? ''))
  database
    .prepare('insert into audit values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(number, timeMs, actor, address, action, subject, outcome, detail, hash)
  return { ...entry, number, hash }
}

/** Lists entries, newest first; `before` is the number the next page starts under. */
export function listAudit(history: History, page: { limit: number; before?: number }): readonly AuditEntry[] {
  const below = page.before ?? Number.MAX_SAFE_INTEGER
  return guarded(history.file, () =>
    history.database
      .prepare('select * from audit where number < ? order by number desc limit ?')
      .all(below, page.limit)
      .map((row) => entryOf(row)),
  )
}

/** Gives all entries, oldest first, without holding them all. */
export function* everyAudit(history: History): Generator<AuditEntry> {
  for (const row of history.database.prepare('select * from audit order by number').iterate()) yield entryOf(row)
}

/** What came of following the chain. */
export interface AuditCheck {
  readonly entries: number
  readonly whole: boolean
  /** The first entry that does not fit. */
  readonly brokenAt: number | null
  readonly head: string
}

/** Follows the chain from the first entry to the last. */
export function checkAudit(history: History): AuditCheck {
  return guarded(history.file, () => {
    let [entries, previous] = [0, '']
    for (const row of history.database.prepare('select * from audit order by number').iterate()) {
      const { timeMs, actor, address, action, subject, outcome } = entryOf(row)
      const fields = {
        number: entries + 1,
        timeMs,
        actor,
        address,
        action,
        subject,
        outcome,
        detail: String(row.detail),
      }
      if (Number(row.number) !== entries + 1 || row.hash !== hashOf(fields, previous)) {
        return { entries, whole: false, brokenAt: entries + 1, head: previous }
      }
      entries += 1
      previous = String(row.hash)
    }
    return { entries, whole: true, brokenAt: null, head: previous }
  })
}

interface Hashed extends Omit<AuditEntry, 'detail' | 'hash'> {
  /** As it is stored: what was hashed must not depend on how JSON is printed later. */
  readonly detail: string
}

function hashOf(
  { number, timeMs, actor, address, action, subject, outcome, detail }: Hashed,
  previous: string,
): string {
  return digest('sha256', JSON.stringify([previous, number, timeMs, actor, address, action, subject, outcome, detail]))
}

function entryOf(row: Record<string, unknown>): AuditEntry {
  return {
    number: Number(row.number),
    timeMs: Number(row.time_ms),
    actor: String(row.actor),
    address: String(row.address),
    action: String(row.action),
    subject: String(row.subject),
    outcome: row.outcome as AuditEntry['outcome'],
    detail: JSON.parse(String(row.detail)) as Record<string, unknown>,
    hash: String(row.hash),
  }
}
