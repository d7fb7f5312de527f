/**
 * Under which catalogue of suites each version came into force, and what an upgrade did to the one in force. This room
 * keeps catalogues and reports as they are given; what they mean is told by the policy room.
 */
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'
import { inTransaction } from './transaction.ts'

/** A catalogue as it is kept: the same id is the same catalogue. */
export interface KeptCatalogue {
  readonly id: string
}

/** What an upgrade did to the version that was in force. */
export interface KeptMigration {
  readonly timeMs: number
  readonly version: number
  /** Ids of catalogues. */
  readonly from: string
  readonly to: string
  readonly report: unknown
}

/** Notes that a version came into force under a catalogue; inside the transaction that records the version. */
export function noteCatalogue({ database }: History, version: number, catalogue: KeptCatalogue): void {
  database
    .prepare('insert or ignore into catalogues (id, record) values (?, ?)')
    .run(catalogue.id, JSON.stringify(catalogue))
  database.prepare('insert into catalogue_uses (version, catalogue) values (?, ?)').run(version, catalogue.id)
}

/** Keeps the catalogue of a version from before catalogues were kept. */
export function keepCatalogue(history: History, version: number, catalogue: KeptCatalogue): void {
  inTransaction(history, () => noteCatalogue(history, version, catalogue))
}

/** Notes that a version is in force under another catalogue than before; with the report on what became of its lists. */
export function recordMigration(
  history: History,
  { version, timeMs, from, to, report }: Omit<KeptMigration, 'to'> & { readonly to: KeptCatalogue },
): void {
  inTransaction(history, () => {
    noteCatalogue(history, version, to)
    history.database
      .prepare('insert into migrations (time_ms, version, from_catalogue, to_catalogue, report) values (?, ?, ?, ?, ?)')
      .run(timeMs, version, from, to.id, JSON.stringify(report))
  })
}

/** Reads the catalogue a version was last in force under; null for a version from before they were kept. */
export function lastCatalogue(history: History, version: number): KeptCatalogue | null {
  return guarded(history.file, () => {
    const row = history.database
      .prepare(
        `select record from catalogue_uses join catalogues on catalogues.id = catalogue
         where version = ? order by catalogue_uses.id desc limit 1`,
      )
      .get(version)
    return row === undefined ? null : (JSON.parse(String(row.record)) as KeptCatalogue)
  })
}

/** Reads every catalogue under which a text was in force, by the hash of the text. */
export function cataloguesOfText(history: History, sha256: string): readonly KeptCatalogue[] {
  return guarded(history.file, () =>
    history.database
      .prepare(
        `select record from catalogues where id in
           (select catalogue from catalogue_uses join versions on number = version where sha256 = ?)`,
      )
      .all(sha256)
      .map(({ record }) => JSON.parse(String(record)) as KeptCatalogue),
  )
}

/** Lists what upgrades did, newest first. */
export function listMigrations(history: History, limit: number): readonly KeptMigration[] {
  return guarded(history.file, () =>
    history.database
      .prepare('select * from migrations order by id desc limit ?')
      .all(limit)
      .map((row) => ({
        timeMs: Number(row.time_ms),
        version: Number(row.version),
        from: String(row.from_catalogue),
        to: String(row.to_catalogue),
        report: JSON.parse(String(row.report)) as unknown,
      })),
  )
}
