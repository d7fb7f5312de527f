/** Composes what an instance would run under, without an instance: for the commands that look before anything runs. */
import type { Command } from 'commander'
import { asSidecarError, SidecarError } from '../errors.ts'
import type { Mention } from '../policy/mentions.ts'
import { type ParseOptions, parsePolicy } from '../policy/parse-policy.ts'
import type { Composition, Readers } from '../processes/compose-snapshot.ts'
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

/** Composes what the settings name, or --policy (- is stdin). */
export async function composeFrom(options: SettingOptions, terminal: Terminal): Promise<Composition> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  const { settings } = loadSettings(loadOptionsFrom(options))
  const file = options.policy === '-' ? '-' : shortPath(settings.policy)
  return composePolicy(await readDocument(file, terminal), settings)
}

/**
 * Composes one policy text: everything it names is read, nothing is applied. Somebody reads what this finds, so a
 * document that is bad in itself is told all the same what it names and is not there.
 */
export async function composePolicy(named: NamedText, settings: Settings): Promise<Composition> {
  const { composeSnapshot } = await import('../processes/compose-snapshot.ts')
  const { TrustStoreReader } = await import('../truststore/trust-store-reader.ts')
  const { IdentityReader } = await import('../processes/identity-reader.ts')
  const readers = {
    trust: new TrustStoreReader(settings.truststores, readEnvironment()),
    identities: new IdentityReader(settings.identities),
  }
  try {
    const composition = await composeSnapshot(named, { settings, readers, generation: 0, version: 0 })
    const { warnings } = parsePolicy(named.text, { file: named.file, nowMs: Date.now() })
    return { ...composition, warnings }
  } catch (error) {
    if (!(error instanceof SidecarError) || error.code !== 'OPERATOR_BAD_DOCUMENT') throw error
    throw (await errorWithAll(named, readers)) ?? error
  }
}

async function errorWithAll(
  { text, file }: NamedText,
  { trust, identities }: Readers,
): Promise<SidecarError | undefined> {
  const mentions: Mention[] = []
  const options = { file, nowMs: Date.now() }
  errorOf(text, { ...options, faultOf: (mention) => void mentions.push(mention) })
  const namesOf = (kind: Mention['kind']) => mentions.filter((each) => each.kind === kind).map(({ name }) => name)
  const faults = {
    'trust-store': (await trust.read([...new Set(namesOf('trust-store'))])).problems,
    identity: (await identities.read([...new Set(namesOf('identity'))])).problems,
  }
  const faultOf = ({ kind, name }: Mention) => {
    const own = faults[kind].filter(({ details }) => (kind === 'identity' ? details.identity : details.store) === name)
    return own.length === 0 ? undefined : own.map(({ message }) => message).join('; ')
  }
  return errorOf(text, { ...options, faultOf })
}

function errorOf(text: string, options: ParseOptions): SidecarError | undefined {
  try {
    parsePolicy(text, options)
    return undefined
  } catch (error) {
    return asSidecarError(error)
  }
}
