import { addExamples, type DefineCommand } from './cli.ts'
import { addSettingOptions } from './setting-options.ts'
import { defineTrustAdd } from './trust-add.ts'
import { defineTrustExport } from './trust-export.ts'
import { defineTrustList } from './trust-list.ts'
import { defineTrustRemove } from './trust-remove.ts'
import { defineTrustShow } from './trust-show.ts'

const parts: readonly (readonly [name: string, summary: string, define: DefineCommand])[] = [
  ['list', 'list every trust store with its count, its hash and its first expiry', defineTrustList],
  ['show', 'show the certificates of a store, with warnings', defineTrustShow],
  ['add', 'show what a file would newly trust, and add it to a store', defineTrustAdd],
  ['remove', 'take one certificate out of a store, by its fingerprint', defineTrustRemove],
  ['export', 'print a store as one PEM bundle', defineTrustExport],
]

/** `vedette trust`: the trust stores on disk. What is changed here, a running instance notices by itself. */
export const defineTrust: DefineCommand = (command, cli) => {
  // Given once, here: they are understood before and after the word that follows `trust`.
  addSettingOptions(command, ['truststores'])
  command.option('--json', 'print JSON')
  command.configureHelp({ showGlobalOptions: true })
  addExamples(command, ['trust list', 'trust add corp roots.p12'])
  for (const [name, summary, define] of parts) define(command.command(name).description(summary), cli)
}
