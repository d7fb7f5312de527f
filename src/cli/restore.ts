/** `vedette restore FILE`: shows what a backup would change, then brings exactly that back through the running instance. */
import type { ReadBackup } from '../backup/read-backup.ts'
import type { StoreChange } from '../backup/store-changes.ts'
import type { StorePlace } from '../truststore/read-store.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, author, sayProgress, showApplied, stateFrom } from './instance.ts'
import { readDocument } from './read-document.ts'
import type { SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'
import { placeFrom } from './trust-anchors.ts'

export const defineRestore: DefineCommand = (command, { terminal }) => {
  command
    .argument('<file>', 'a backup, as vedette backup or the System Manager made it; - reads stdin')
    .option('--comment <text>', 'why, for the history')
    .option('--dry-run', 'show what would change and change nothing')
  addInstanceOptions(command)
  addExamples(command, ['restore vedette-backup.json --dry-run', 'restore vedette-backup.json --comment "moved host"'])
  command.action(async (file: string, options: SettingOptions) => {
    const [{ readBackup }, { compareStores }] = await Promise.all([
      import('../backup/read-backup.ts'),
      import('../backup/store-changes.ts'),
    ])
    const read = await readBackup(Buffer.from((await readDocument(file, terminal)).text))
    const place = await placeFrom(options)
    const changes = await compareStores(read.stores, place)
    const state = await stateFrom(options, terminal)
    await sayChanges({ read, changes, state }, terminal)
    if (options.dryRun === true) return terminal.say('nothing was changed')
    const applied = await bringBack({ read, changes, state, place }, { options, terminal })
    showApplied(applied, { terminal, options })
  })
}

interface Plan {
  readonly read: ReadBackup
  readonly changes: readonly StoreChange[]
  readonly state: string
}

async function sayChanges({ read, changes, state }: Plan, terminal: Terminal): Promise<void> {
  const { policy, backup } = read
  const made = new Date(backup.madeMs).toISOString()
  terminal.say(`backup of ${made}, made by vedette ${backup.product}: version ${policy.number} by ${policy.author}`)
  const sentences = await sentencesFor(policy.text, state)
  for (const sentence of sentences) terminal.say(`  policy: ${sentence}`)
  if (sentences.length === 0) terminal.say('  policy: as it is')
  for (const { name, fresh, known, beside, problem } of changes) {
    terminal.say(`  trust store ${name}: ${fresh.length} added, ${known} there already, ${beside} beside it stay`)
    for (const { subject, fingerprint256 } of fresh) terminal.say(`    + ${subject}  ${fingerprint256}`)
    if (problem !== '') terminal.say(`    ${terminal.paintSaid('red', problem)}`)
  }
  if (backup.settings !== null) terminal.say(`  settings: not touched; the backup holds ${backup.settings.file}`)
}

/** How the policy differs from the version in force here; the empty policy stands in where there is none. */
async function sentencesFor(text: string, state: string): Promise<readonly string[]> {
  const [{ describeChange }, { lookAtText }, history] = await Promise.all([
    import('../policy/describe-change.ts'),
    import('../policy/look-at-text.ts'),
    import('../history/open-history.ts'),
  ])
  const { activeVersion } = await import('../history/versions.ts')
  const open = await history.openToRead(state)
  const before = open === undefined ? undefined : activeVersion(open)?.text
  if (open !== undefined) history.closeHistory(open)
  const documentOf = (policy: string) => lookAtText(policy, { file: 'policy' }).document
  return describeChange(documentOf(before ?? ''), documentOf(text))
}

interface Scene {
  readonly options: SettingOptions
  readonly terminal: Terminal
}

/** The policy may name the stores, so they come first, and go again when it does not come into force. */
async function bringBack(
  { read, changes, state, place }: Plan & { readonly place: StorePlace },
  { options, terminal }: Scene,
) {
  const { addStores } = await import('../backup/store-changes.ts')
  const { askControl } = await import('../processes/control-client.ts')
  const { policy, backup } = read
  const made = new Date(backup.madeMs).toISOString()
  const said = options.comment
  const comment = typeof said === 'string' ? said : `restored from a backup of ${made}, version ${policy.number}`
  const asking = { state, progress: sayProgress(terminal) }
  const takeBack = await addStores(changes, place)
  try {
    const request = { text: policy.text, file: 'backup', author: author(), comment }
    return await askControl('apply', request, asking)
  } catch (thrown) {
    await takeBack()
    throw thrown
  }
}
