import { addExamples, type DefineCommand } from './cli.ts'
import type { SettingOptions } from './setting-options.ts'
import { anchorsOf, placeFrom } from './trust-anchors.ts'

interface ListedStore {
  readonly name: string
  readonly certificates: number
  /** The hash of the set, as the log and /metrics know it; empty for a store that cannot be used. */
  readonly sha256: string
  readonly firstExpiry: string
  readonly warnings: number
  readonly problems: readonly string[]
}

/** `vedette trust list`. */
export const defineTrustList: DefineCommand = (command, { terminal, exit }) => {
  addExamples(command, ['trust list', 'trust list --json'])
  command.action(async () => {
    const stores = await listedStores(command.optsWithGlobals())
    if (command.optsWithGlobals().json) terminal.printJson(stores)
    else {
      for (const store of stores) terminal.print(lineOf(store))
      for (const message of stores.flatMap(({ problems }) => problems)) terminal.say(message)
    }
    const { builtInStores } = await import('../truststore/store-files.ts')
    const broken = stores.some(({ name, problems }) => problems.length > 0 && !builtInStores.includes(name))
    exit(broken ? 'invalid' : 'ok')
  })
}

async function listedStores(options: SettingOptions): Promise<ListedStore[]> {
  const { readStore } = await import('../truststore/read-store.ts')
  const { builtInStores, listStores } = await import('../truststore/store-files.ts')
  const { makeTrustSet } = await import('../truststore/make-trust-set.ts')
  const place = await placeFrom(options)
  const stores: ListedStore[] = []
  for (const name of [...builtInStores, ...(await listStores(place.folder))]) {
    const { sources, wrong } = await readStore(name, place)
    const anchors = await anchorsOf({ sources })
    const certificates = sources.flatMap((source) => source.certificates)
    stores.push({
      name,
      certificates: anchors.length,
      sha256: wrong.length > 0 ? '' : makeTrustSet(name, certificates).sha256,
      firstExpiry: anchors.map(({ notAfter }) => notAfter).sort()[0] ?? '',
      warnings: anchors.filter(({ warnings }) => warnings.length > 0).length,
      problems: wrong.map(({ message }) => message),
    })
  }
  return stores
}

function lineOf({ name, certificates, sha256, firstExpiry, warnings, problems }: ListedStore): string {
  const count = `${name.padEnd(20)} ${String(certificates).padStart(5)}`
  if (problems.length > 0) return `${count}  cannot be used: ${problems.length} wrong`
  const minded = warnings > 0 ? `  ${warnings} with warnings` : ''
  return `${count}  ${sha256.slice(0, 12)}  first expires ${firstExpiry}${minded}`
}
