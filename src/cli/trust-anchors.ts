/** What the `trust` commands have in common: where the stores are, and how a certificate is shown. */
import type crypto from 'node:crypto'
import type { Anchor } from '../truststore/describe-anchors.ts'
import type { StorePlace, StoreReading } from '../truststore/read-store.ts'
import { readDocument, shortPath } from './read-document.ts'
import { lookOptionsFrom, type SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'

/** Finds the folder of trust stores, and the environment in which their passwords may stand. */
export async function placeFrom(options: SettingOptions): Promise<StorePlace> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  const load = lookOptionsFrom(options)
  return { folder: loadSettings(load).settings.truststores, environment: load.environment }
}

/** Reads a store that must be whole; throws what is wrong with it, after saying all of it. */
export async function readWhole(name: string, place: StorePlace, terminal: Terminal): Promise<StoreReading> {
  const { readStore } = await import('../truststore/read-store.ts')
  const reading = await readStore(name, place)
  const [first, ...others] = reading.wrong
  for (const { message } of others) terminal.say(message)
  if (first !== undefined) throw first
  return reading
}

/** Describes the certificates of a store as they are now, with paths as a person would type them. */
export async function anchorsOf({ sources }: Pick<StoreReading, 'sources'>): Promise<Anchor[]> {
  const { describeAnchors } = await import('../truststore/describe-anchors.ts')
  const short = sources.map((source) => ({ ...source, file: shortPath(source.file) }))
  return describeAnchors(short, Date.now())
}

/** Shows one certificate: who, fingerprint, dates, key, where from, and what to mind. */
export function showAnchor(anchor: Anchor, terminal: Terminal): void {
  terminal.print(terminal.paint('bold', anchor.subject))
  terminal.print(`  sha256   ${anchor.sha256}`)
  terminal.print(`  valid    ${anchor.notBefore} to ${anchor.notAfter}`)
  terminal.print(`  key      ${anchor.key}`)
  if (anchor.issuer !== anchor.subject) terminal.print(`  issuer   ${anchor.issuer}`)
  terminal.print(`  from     ${anchor.files.join(', ')}`)
  for (const warning of anchor.warnings) terminal.print(`  ${terminal.paint('yellow', 'warning')}  ${warning}`)
}

/** Reads a file of certificates in any format, its password from beside it; - is PEM from stdin. */
export async function readAnchorFile(
  file: string,
  { environment = {} }: StorePlace,
  terminal: Terminal,
): Promise<crypto.X509Certificate[]> {
  const { readCertificates } = await import('../truststore/read-certificates.ts')
  if (file === '-') return readCertificates('stdin', Buffer.from((await readDocument('-', terminal)).text))
  const { readLimited } = await import('../truststore/read-limited.ts')
  const { readPassword } = await import('../truststore/read-password.ts')
  return readCertificates(file, await readLimited(file), () => readPassword({ file, environment }))
}
