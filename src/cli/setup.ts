import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, author, stateFrom } from './instance.ts'
import type { SettingOptions } from './setting-options.ts'

/** `vedette setup`: whoever may use the control socket may make the first admin account. */
export const defineSetup: DefineCommand = (command, { terminal }) => {
  addInstanceOptions(command)
  command.option('--recover', 'also when there is an admin, who may have lost the password')
  addExamples(command, ['setup', 'setup --recover --json'])
  command.action(async (options: SettingOptions & { recover?: true }) => {
    const { askControl } = await import('../processes/control/control-client.ts')
    const state = await stateFrom(options, terminal)
    const request = { author: author(), ...(options.recover ? { recover: 1 } : {}) }
    const link = await askControl('setup', request, { state })
    if (options.json) return terminal.printJson(link)
    const { buildCommand, isPageBuilt } = await import('../admin/built-page.ts')
    if (!isPageBuilt()) terminal.say(`its page is not part of this installation, this makes it: ${buildCommand}`)
    terminal.say(`make an admin account with this link, once, until ${new Date(link.untilMs).toISOString()}:`)
    terminal.print(link.url)
  })
}
