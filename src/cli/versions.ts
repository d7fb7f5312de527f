import type { VersionHead } from '../history/versions.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, stateFrom } from './instance.ts'
import type { SettingOptions } from './setting-options.ts'
import { parseVersion } from './version-number.ts'

/** `vedette versions`. */
export const defineVersions: DefineCommand = (command, { terminal }) => {
  command
    .option('--limit <number>', 'how many, newest first', '20')
    .option('--before <number>', 'only versions older than this one')
  addInstanceOptions(command)
  addExamples(command, ['versions', 'versions --limit 5 --json'])
  command.action(async (options: SettingOptions & { limit: string; before?: string }) => {
    const { askControl } = await import('../processes/control-client.ts')
    const page = {
      limit: parseVersion('--limit', options.limit),
      ...(options.before === undefined ? {} : { before: parseVersion('--before', options.before) }),
    }
    const answer = await askControl('versions', page, { state: await stateFrom(options, terminal) })
    if (options.json) return terminal.printJson(answer)
    for (const head of answer.versions) terminal.print(lineOf(head, head.number === answer.active))
  })
}

function lineOf(head: VersionHead, active: boolean): string {
  const time = new Date(head.timeMs).toISOString().replace(/\.\d+Z$/, 'Z')
  const mark = active ? '*' : ' '
  const comment = head.comment === '' ? '' : `  ${JSON.stringify(head.comment)}`
  return `${mark} ${String(head.number).padStart(4)}  ${time}  ${head.sha256.slice(0, 12)}  ${head.source} by ${head.author}${comment}`
}
