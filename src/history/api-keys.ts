/** Keys for programs: limited to parts of the API, expiring, by the hash of their secret. */
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'

export interface StoredKey {
  readonly id: string
  /** SHA-256 of the secret, hex. */
  readonly hash: string
  readonly name: string
  readonly role: 'viewer' | 'operator'
  readonly areas: readonly string[]
  readonly createdMs: number
  readonly createdBy: string
  readonly untilMs: number
  readonly usedMs: number | null
  readonly revoked: boolean
}

/** Stores a new key. */
export function addKey(history: History, key: StoredKey): void {
  const { id, hash, name, role, areas, createdMs, createdBy, untilMs } = key
  guarded(history.file, () =>
    history.database
      .prepare('insert into api_keys values (?, ?, ?, ?, ?, ?, ?, ?, null, 0)')
      .run(id, hash, name, role, JSON.stringify(areas), createdMs, createdBy, untilMs),
  )
}

/** Finds a key by the hash of its secret. */
export function keyByHash(history: History, hash: string): StoredKey | undefined {
  const row = guarded(history.file, () => history.database.prepare('select * from api_keys where hash = ?').get(hash))
  return row && keyOf(row)
}

/** Lists keys, the newest first. */
export function listKeys(history: History): readonly StoredKey[] {
  return guarded(history.file, () =>
    history.database.prepare('select * from api_keys order by created_ms desc, id').all().map(keyOf),
  )
}

/** Revokes a key for good; false when there is none of this id. */
export function revokeKey(history: History, id: string): boolean {
  return guarded(
    history.file,
    () => history.database.prepare('update api_keys set revoked = 1 where id = ?').run(id).changes === 1,
  )
}

/** Notes that a key was used. */
export function touchKey(history: History, id: string, usedMs: number): void {
  guarded(history.file, () => history.database.prepare('update api_keys set used_ms = ? where id = ?').run(usedMs, id))
}

function keyOf(row: Record<string, unknown>): StoredKey {
  return {
    id: String(row.id),
    hash: String(row.hash),
    name: String(row.name),
    role: row.role as StoredKey['role'],
    areas: JSON.parse(String(row.areas)) as string[],
    createdMs: Number(row.created_ms),
    createdBy: String(row.created_by),
    untilMs: Number(row.until_ms),
    usedMs: row.used_ms === null ? null : Number(row.used_ms),
    revoked: row.revoked === 1,
  }
}
