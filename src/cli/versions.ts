import type { KeptMigration } from '../history/catalogues.ts'
import type { VersionHead } from '../history/versions.ts'
import type { CatalogueMigration } from '../policy/catalogue/migrate-catalogue.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, stateFrom } from './instance.ts'
import type { SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'
import { parseVersion } from './version-number.ts'

/** `vedette versions`. */
export const defineVersions: DefineCommand = (command, { terminal }) => {
  command
    .option('--limit <number>', 'how many, newest first', '20')
    .option('--before <number>', 'only versions older than this one')
    .option('--migrations', 'what upgrades did to the protocols and suites of the version in force')
  addInstanceOptions(command)
  addExamples(command, ['versions', 'versions --limit 5 --json', 'versions --migrations'])
  command.action(async (options: SettingOptions & { limit: string; before?: string; migrations?: boolean }) => {
    const { askControl } = await import('../processes/control/control-client.ts')
    const page = {
      limit: parseVersion('--limit', options.limit),
      ...(options.before === undefined ? {} : { before: parseVersion('--before', options.before) }),
    }
    const state = await stateFrom(options, terminal)
    if (options.migrations) {
      const { migrations } = await askControl('migrations', { limit: page.limit }, { state })
      return options.json ? terminal.printJson(migrations) : showMigrations(migrations, terminal)
    }
    const answer = await askControl('versions', page, { state })
    if (options.json) return terminal.printJson(answer)
    for (const head of answer.versions) terminal.print(lineOf(head, head.number === answer.active))
  })
}

function showMigrations(migrations: readonly KeptMigration[], terminal: Terminal): void {
  for (const { timeMs, version, from, to, report } of migrations) {
    terminal.print(`${new Date(timeMs).toISOString()}  version ${version}: from catalogue ${from} to ${to}`)
    const { sentences } = report as CatalogueMigration
    for (const sentence of sentences.length === 0 ? ['no list changed'] : sentences) terminal.print(`  ${sentence}`)
  }
  if (migrations.length === 0) terminal.say('no version in force has met another catalogue than its own')
}

function lineOf(head: VersionHead, active: boolean): string {
  const time = new Date(head.timeMs).toISOString().replace(/\.\d+Z$/, 'Z')
  const mark = active ? '*' : ' '
  const comment = head.comment === '' ? '' : `  ${JSON.stringify(head.comment)}`
  return `${mark} ${String(head.number).padStart(4)}  ${time}  ${head.sha256.slice(0, 12)}  ${head.source} by ${head.author}${comment}`
}
