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
import { addTrialOptions, trialFrom } from './trial-options.ts'
import { parseVersion } from './version-number.ts'

/** `vedette rollback [N]`. */
export const defineRollback: DefineCommand = (command, { terminal }) => {
  command
    .argument(
      '[number]',
      'the version whose text comes back; without it, what was confirmed last while one waits, else the newest one before that was not undone',
    )
    .option('--comment <text>', 'why, for the history', '')
  addTrialOptions(command)
  addTunnelsOption(command)
  addInstanceOptions(command)
  addExamples(command, ['rollback', 'rollback 7 --comment "mail stopped"', 'rollback --confirm-within 5m'])
  command.action(async (number: string | undefined, options: SettingOptions & { comment: string }) => {
    const { askControl } = await import('../processes/control/control-client.ts')
    const request = {
      author: author(),
      comment: options.comment,
      ...(number === undefined ? {} : { version: parseVersion('rollback', number) }),
      ...(await trialFrom(options)),
      ...tunnelsFrom(options),
    }
    const progress = sayProgress(terminal)
    const applied = await askControl('rollback', request, { state: await stateFrom(options, terminal), progress })
    showApplied(applied, { terminal, options })
  })
}
