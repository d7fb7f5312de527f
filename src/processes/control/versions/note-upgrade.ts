/**
 * The catalogue of suites that versions run under. It is kept with each version as it comes into force; when the same
 * version is met under another one, after an upgrade of the product or of Node, what became of its lists is told and
 * recorded. A version from before catalogues were kept gets that of today, and there is nothing to tell.
 */
import { cataloguesOfText, keepCatalogue, lastCatalogue, recordMigration } from '../../../history/catalogues.ts'
import type { History } from '../../../history/open-history.ts'
import { hashText, versionByNumber } from '../../../history/versions.ts'
import type { EventName } from '../../../observe/event-names.ts'
import { type CatalogueRecord, currentCatalogue } from '../../../policy/catalogue/catalogue-record.ts'
import { migrateCatalogue } from '../../../policy/catalogue/migrate-catalogue.ts'
import { readYaml } from '../../../policy/document/read-yaml.ts'
import { tlsPlaces } from '../../../policy/document/tls-places.ts'

interface Means {
  readonly history: History
  readonly log: (name: EventName, message: string, fields: Readonly<Record<string, unknown>>) => void
}

/** Finds the catalogues that a text was in force under: what they had may be lost without making the text invalid. */
export function appliedUnder(history: History, text: string): readonly CatalogueRecord[] {
  return cataloguesOfText(history, hashText(text)) as readonly CatalogueRecord[]
}

/** Tells and records what an upgrade did to a version that is in force again; nothing when there was none. */
export function noteUpgrade(version: number, { history, log }: Means): void {
  const was = lastCatalogue(history, version) as CatalogueRecord | null
  const now = currentCatalogue()
  if (was?.id === now.id) return
  try {
    if (was === null) keepCatalogue(history, version, now)
    else tellMigration(version, { was, now }, { history, log })
  } catch (error) {
    // The version is in force already, and a full disk is no reason to refuse it now.
    log('internal.error', 'the report on the upgrade could not be kept', { error })
  }
}

function tellMigration(
  version: number,
  { was, now }: { readonly was: CatalogueRecord; readonly now: CatalogueRecord },
  { history, log }: Means,
): void {
  const places = tlsPlaces(readYaml(versionByNumber(history, version).text, '').value)
  const report = migrateCatalogue(was, now, places)
  const { from, to, sentences } = report
  for (const sentence of sentences) {
    log('catalogue.changed', `version ${version} after an upgrade: ${sentence}`, { version, from, to })
  }
  recordMigration(history, { version, timeMs: Date.now(), from, to: now, report })
}
