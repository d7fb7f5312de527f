/** Makes a backup of what an instance was told: its policy with the versions before, its trust stores, its settings. */
import { SidecarError } from '../errors.ts'
import type { History } from '../history/open-history.ts'
import { listVersions, versionByNumber } from '../history/versions.ts'
import { productVersion } from '../settings/product-version.ts'
import { readStore, type StorePlace } from '../truststore/read-store.ts'
import { listStores } from '../truststore/store-files.ts'
import { BACKUP_BYTES_MAX, type Backup } from './backup.ts'
import { readSettingsText } from './read-settings-text.ts'

export interface BackupWish {
  readonly history: History
  readonly stores: StorePlace
  /** The settings file that was read; null where there is none. */
  readonly settingsFile: string | null
  readonly nowMs: number
}

export interface MadeBackup {
  readonly text: string
  /** Stores that could not be read, each with why: what is left out in silence is missed when it is too late. */
  readonly notKept: readonly string[]
}

/** Makes a backup; throws where nothing is in force yet, or where the trust stores alone are too large. */
export async function makeBackup({ history, stores, settingsFile, nowMs }: BackupWish): Promise<MadeBackup> {
  const backup: Backup = {
    ...{ apiVersion: 'vedette/v1', kind: 'Backup', madeMs: nowMs, product: productVersion() },
    ...versionsOf(history),
    trustStores: await storesOf(stores),
    settings: settingsFile === null ? null : { file: settingsFile, text: await readSettingsText(settingsFile) },
  }
  const text = `${JSON.stringify(backup, null, 1)}\n`
  const notKept = backup.trustStores
    .filter(({ problem }) => problem !== '')
    .map(({ name, problem }) => `${name}: ${problem}`)
  if (Buffer.byteLength(text) <= BACKUP_BYTES_MAX) return { text, notKept }
  throw new SidecarError('OPERATOR_TOO_LARGE', `the backup would have more than ${BACKUP_BYTES_MAX / 1_048_576} MiB`)
}

/** Newest first, as many as fit: a long history must not make a backup that nobody can bring back. */
function versionsOf(history: History): Pick<Backup, 'versions' | 'versionsLeftOut'> {
  const heads = listVersions(history, { limit: VERSIONS_MAX })
  const [newest] = heads
  if (newest === undefined) throw new SidecarError('OPERATOR_VERSION_UNKNOWN', 'no version is in force yet')
  const versions: Backup['versions'] = []
  let left = TEXTS_MAX
  for (const { number } of heads) {
    const version = versionByNumber(history, number)
    left -= Buffer.byteLength(version.text)
    if (left < 0 && versions.length > 0) break
    versions.push(version)
  }
  return { versions, versionsLeftOut: newest.number - versions.length }
}

async function storesOf(place: StorePlace): Promise<Backup['trustStores']> {
  const stores: Backup['trustStores'] = []
  for (const name of await listStores(place.folder)) {
    const { sources, wrong } = await readStore(name, place)
    // Half a store would come back as a whole one.
    const certificates = wrong.length > 0 ? [] : sources.flatMap((source) => source.certificates)
    const problem = wrong.map(({ message }) => message).join('; ')
    stores.push({
      ...{ name, problem: problem.slice(0, 2000) },
      certificates: [...new Set(certificates.map((each) => each.toString()))],
    })
  }
  return stores
}

const VERSIONS_MAX = 10_000
/** Bytes of policy texts; the rest of the file is for certificates. */
const TEXTS_MAX = 4 * 1_048_576
