import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, author, stateFrom } from './instance.ts'
import type { SettingOptions } from './setting-options.ts'

/** `vedette confirm`. */
export const defineConfirm: DefineCommand = (command, { terminal }) => {
  addInstanceOptions(command)
  addExamples(command, ['confirm', 'confirm --state /var/lib/vedette'])
  command.action(async (options: SettingOptions) => {
    const { askControl } = await import('../processes/control/control-client.ts')
    const confirmed = await askControl('confirm', { author: author() }, { state: await stateFrom(options, terminal) })
    if (options.json) terminal.printJson(confirmed)
    else terminal.print(`version ${confirmed.version} stays in force`)
  })
}
