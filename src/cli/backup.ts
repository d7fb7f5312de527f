import { SidecarError } from '../errors.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, stateFrom } from './instance.ts'
import { lookOptionsFrom, type SettingOptions } from './setting-options.ts'

/** `vedette backup`: one file on stdout with what the instance was told. It reads the files, so the instance may be down. */
export const defineBackup: DefineCommand = (command, { terminal }) => {
  addInstanceOptions(command)
  addExamples(command, ['backup > vedette-backup.json', 'backup --config /etc/vedette/vedette.yaml > backup.json'])
  command.action(async (options: SettingOptions) => {
    const [{ makeBackup }, { closeHistory, openToRead }, { loadSettings }] = await Promise.all([
      import('../backup/make-backup.ts'),
      import('../history/open-history.ts'),
      import('../settings/load-settings.ts'),
    ])
    const state = await stateFrom(options, terminal)
    const load = lookOptionsFrom(options)
    const { settings, file } = loadSettings(load)
    const history = await openToRead(state)
    if (history === undefined) {
      throw new SidecarError('OPERATOR_FILE_UNREADABLE', `${state} holds no history: no instance has run with it`)
    }
    try {
      const stores = { folder: settings.truststores, environment: load.environment }
      const { text, notKept } = await makeBackup({ history, stores, settingsFile: file, nowMs: Date.now() })
      terminal.print(text.trimEnd())
      for (const store of notKept) terminal.say(`not in the backup, because it cannot be read: trust store ${store}`)
    } finally {
      closeHistory(history)
    }
  })
}
