/** `vedette restore FILE`: shows what a backup would change, then brings exactly that back through the running instance. */
import type { ReadBackup } from '../backup/read-backup.ts'
import type { StoreChange } from '../backup/store-changes.ts'
import type { Version } from '../history/versions.ts'
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
    const before = await versionIn(state)
    await sayChanges({ read, changes, before }, terminal)
    if (options.dryRun === true) return terminal.say('nothing was changed')
    const applied = await bringBack({ read, changes, before }, { state, place, options, terminal })
    showApplied(applied, { terminal, options })
  })
}

interface Plan {
  readonly read: ReadBackup
  readonly changes: readonly StoreChange[]
  /** The version in force that was looked at: only that one is replaced. */
  readonly before: Version | undefined
}

async function sayChanges({ read, changes, before }: Plan, terminal: Terminal): Promise<void> {
  const { policy, backup } = read
  const made = new Date(backup.madeMs).toISOString()
  terminal.say(`backup of ${made}, made by vedette ${backup.product}: version ${policy.number} by ${policy.author}`)
  const sentences = await sentencesFor(policy.text, before?.text)
  for (const sentence of sentences) terminal.say(`  policy: ${sentence}`)
  if (sentences.length === 0) terminal.say('  policy: as it is')
  for (const { name, fresh, known, beside, problem } of changes) {
    terminal.say(`  trust store ${name}: ${fresh.length} added, ${known} there already, ${beside} beside it stay`)
    for (const { subject, fingerprint256 } of fresh) terminal.say(`    + ${subject}  ${fingerprint256}`)
    if (problem !== '') terminal.say(`    ${terminal.paintSaid('red', problem)}`)
  }
  if (backup.settings !== null) terminal.say(`  settings: not touched; the backup holds ${backup.settings.file}`)
}

async function versionIn(state: string): Promise<Version | undefined> {
  const [history, { activeVersion }] = await Promise.all([
    import('../history/open-history.ts'),
    import('../history/versions.ts'),
  ])
  const open = await history.openToRead(state)
  if (open === undefined) return undefined
  try {
    return activeVersion(open) ?? undefined
  } finally {
    history.closeHistory(open)
  }
}

/** How the policy differs from the version in force here; the empty policy stands in where there is none. */
async function sentencesFor(text: string, before = ''): Promise<readonly string[]> {
  const [{ describeChange }, { lookAtText }] = await Promise.all([
    import('../policy/describe/describe-change.ts'),
    import('../policy/document/look-at-text.ts'),
  ])
  const documentOf = (policy: string) => lookAtText(policy, { file: 'policy' }).document
  return describeChange(documentOf(before), documentOf(text))
}

interface Scene {
  readonly state: string
  readonly place: StorePlace
  readonly options: SettingOptions
  readonly terminal: Terminal
}

/** The policy may name the stores, so they come first, and go again when it does not come into force. */
async function bringBack({ read, changes, before }: Plan, { state, place, options, terminal }: Scene) {
  const { addStores } = await import('../backup/store-changes.ts')
  const { askControl } = await import('../processes/control/control-client.ts')
  const { policy, backup } = read
  const made = new Date(backup.madeMs).toISOString()
  const said = options.comment
  const comment = typeof said === 'string' ? said : `restored from a backup of ${made}, version ${policy.number}`
  const asking = { state, progress: sayProgress(terminal) }
  const takeBack = await addStores(changes, place)
  try {
    const expected = before === undefined ? {} : { ifVersion: before.number }
    const request = { text: policy.text, file: 'backup', author: author(), comment, ...expected }
    return await askControl('apply', request, asking)
  } catch (thrown) {
    await takeBack()
    throw thrown
  }
}
