/** Composes what an instance would run under, without an instance: for the commands that look before anything runs. */
import type { Command } from 'commander'
import type { Composition } from '../processes/compose-snapshot.ts'
import { readEnvironment } from '../settings/environment.ts'
import type { Settings } from '../settings/settings.ts'
import { type NamedText, readDocument, shortPath } from './read-document.ts'
import { addSettingOptions, loadOptionsFrom, type SettingOptions } from './setting-options.ts'
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
  const { settings } = loadSettings(loadOptionsFrom(options))
  const file = options.policy === '-' ? '-' : shortPath(settings.policy)
  const named = await readDocument(file, terminal)
  return { ...(await composePolicy(named, settings)), text: named.text }
}

/** Composes one policy text: everything it names is read, nothing is applied. */
export async function composePolicy(named: NamedText, settings: Settings): Promise<Composition> {
  const { composeSnapshot } = await import('../processes/compose-snapshot.ts')
  const { TrustStoreReader } = await import('../truststore/trust-store-reader.ts')
  const { IdentityReader } = await import('../processes/identity-reader.ts')
  const readers = {
    trust: new TrustStoreReader(settings.truststores, readEnvironment()),
    identities: new IdentityReader(settings.identities),
  }
  return composeSnapshot(named, { settings, readers, generation: 0, version: 0 })
}
