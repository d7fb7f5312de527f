import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, author, sayProgress, showApplied, stateFrom } from './instance.ts'
import type { SettingOptions } from './setting-options.ts'

/** `vedette reload`: what SIGHUP does, with an answer. */
export const defineReload: DefineCommand = (command, { terminal }) => {
  addInstanceOptions(command)
  addExamples(command, ['reload', 'reload --config /etc/vedette/vedette.yaml --json'])
  command.action(async (options: SettingOptions) => {
    const { askControl } = await import('../processes/control-client.ts')
    const progress = sayProgress(terminal)
    const applied = await askControl(
      'reload',
      { author: author() },
      { state: await stateFrom(options, terminal), progress },
    )
    showApplied(applied, { terminal, options })
  })
}
