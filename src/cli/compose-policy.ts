/** Composes what an instance would run under, without an instance: for the commands that look before anything runs. */
import type { Command } from 'commander'
import type { CatalogueRecord } from '../policy/catalogue/catalogue-record.ts'
import type { Composition } from '../processes/control/versions/compose-snapshot.ts'
import { readEnvironment } from '../settings/environment.ts'
import type { Settings } from '../settings/settings.ts'
import { type NamedText, readDocument, shortPath } from './read-document.ts'
import { addSettingOptions, lookOptionsFrom, type SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'

/** Adds the options that say which policy, trust stores and key pairs are meant. */
export function addPolicyOptions(command: Command): void {
  addSettingOptions(command, ['policy', 'truststores', 'identities'])
  command.option('--json', 'print JSON')
}

/** Composes what the settings name, or --policy (- is stdin); gives the text beside it. */
export async function composeFrom(
  options: SettingOptions,
  terminal: Terminal,
): Promise<Composition & Pick<NamedText, 'text'>> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  const { settings } = loadSettings(lookOptionsFrom(options))
  const file = options.policy === '-' ? '-' : shortPath(settings.policy)
  const named = await readDocument(file, terminal)
  return { ...(await composePolicy(named, settings)), text: named.text }
}

/**
 * Composes one policy text: everything it names is read, nothing is applied. A text that was in force here may name what
 * this runtime has lost since, as it may when an instance starts; a text that never was may not.
 */
export async function composePolicy(named: NamedText, settings: Settings): Promise<Composition> {
  const { composeSnapshot } = await import('../processes/control/versions/compose-snapshot.ts')
  const { asSidecarError } = await import('../errors.ts')
  const { TrustStoreReader } = await import('../truststore/trust-store-reader.ts')
  const { IdentityReader } = await import('../processes/control/versions/identity-reader.ts')
  const readers = {
    trust: new TrustStoreReader(settings.truststores, readEnvironment()),
    identities: new IdentityReader(settings.identities),
  }
  const options = { settings, readers, generation: 0, version: 0 }
  try {
    return await composeSnapshot(named, options)
  } catch (thrown) {
    if (asSidecarError(thrown).code !== 'OPERATOR_BAD_DOCUMENT') throw thrown
    const appliedUnder = await cataloguesOf(named.text, settings.state)
    if (appliedUnder.length === 0) throw thrown
    return composeSnapshot(named, { ...options, appliedUnder })
  }
}

/** Finds the catalogues a text was in force under; none where the history cannot tell, and the text is judged as a new one. */
async function cataloguesOf(text: string, state: string): Promise<readonly CatalogueRecord[]> {
  const { closeHistory, openToRead } = await import('../history/open-history.ts')
  const history = await openToRead(state)
  if (history === undefined) return []
  const { appliedUnder } = await import('../processes/control/versions/note-upgrade.ts')
  try {
    return appliedUnder(history, text)
  } catch {
    return []
  } finally {
    closeHistory(history)
  }
}
