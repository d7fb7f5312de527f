import { addExamples, type DefineCommand } from './cli.ts'
import {
  addInstanceOptions,
  addTunnelsOption,
  author,
  sayProgress,
  showApplied,
  stateFrom,
  tunnelsFrom,
} from './instance.ts'
import type { SettingOptions } from './setting-options.ts'

/** `vedette reload`: what SIGHUP does, with an answer. */
export const defineReload: DefineCommand = (command, { terminal }) => {
  command.option('--fresh-workers', 'start new workers even when nothing has changed; the old ones drain')
  addTunnelsOption(command)
  addInstanceOptions(command)
  addExamples(command, ['reload', 'reload --fresh-workers', 'reload --config /etc/vedette/vedette.yaml --json'])
  command.action(async (options: SettingOptions) => {
    const { askControl } = await import('../processes/control/control-client.ts')
    const progress = sayProgress(terminal)
    const applied = await askControl(
      'reload',
      { author: author(), ...(options.freshWorkers === true ? { afresh: true } : {}), ...tunnelsFrom(options) },
      { state: await stateFrom(options, terminal), progress },
    )
    showApplied(applied, { terminal, options })
  })
}
