import type { Command } from 'commander'
import type { Status } from '../processes/control/status.ts'
import { addExamples, type Cli, type DefineCommand } from './cli.ts'
import { counted } from './counted.ts'
import { addInstanceOptions, stateFrom } from './instance.ts'
import { showTable } from './show-table.ts'
import type { Terminal } from './terminal.ts'

type ListState = Status['revocationLists'][number]

/** `vedette crl`: the revocation lists of the running instance. */
export const defineCrl: DefineCommand = (command, cli) => {
  // Given once, here: they are understood before and after the word that follows `crl`.
  addInstanceOptions(command)
  command.configureHelp({ showGlobalOptions: true })
  addExamples(command, ['crl list', 'crl fetch --json'])
  const list = command
    .command('list', { isDefault: true })
    .description('list every revocation list with its issuer, dates and state')
  defineLists(list, { fetch: false }, cli)
  const fetch = command.command('fetch').description('read the folder and fetch every list again, then list them')
  defineLists(fetch, { fetch: true }, cli)
}

function defineLists(command: Command, request: { readonly fetch: boolean }, { terminal, exit }: Cli): void {
  addExamples(command, [`crl ${command.name()}`, `crl ${command.name()} --state /var/lib/vedette`])
  command.action(async () => {
    const options = command.optsWithGlobals()
    const { askControl } = await import('../processes/control/control-client.ts')
    const { lists } = await askControl('revocation-lists', request, { state: await stateFrom(options, terminal) })
    if (options.json) terminal.printJson(lists)
    else showLists(lists, terminal)
    exit(lists.every(({ state, detail }) => state === 'good' && detail === '') ? 'ok' : 'failed')
  })
}

function showLists(lists: readonly ListState[], terminal: Terminal): void {
  const head = ['state', 'issuer', 'from', 'next', 'revoked', 'source']
  const rows = lists.map(({ state, issuer, thisUpdateMs, nextUpdateMs, entries, source }) => [
    terminal.paint(state === 'good' ? 'green' : 'yellow', state),
    issuer || '?',
    time(thisUpdateMs),
    time(nextUpdateMs),
    thisUpdateMs === undefined ? '-' : String(entries),
    source,
  ])
  if (rows.length > 0) showTable([head, ...rows], terminal)
  for (const { source, detail } of lists) if (detail !== '') terminal.say(`${source}: ${detail}`)
  terminal.say(counted(lists.length, 'list'))
}

function time(ms: number | undefined): string {
  return ms === undefined ? '-' : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
