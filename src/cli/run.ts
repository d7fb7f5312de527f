import { existsSync } from 'node:fs'
import type { LoadOptions } from '../settings/load-settings.ts'
import { settingsFile } from '../settings/settings-file.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { counted } from './counted.ts'
import { addSettingOptions, addUnsafeOptions, loadOptionsFrom, type SettingOptions } from './setting-options.ts'

/** `vedette run`. */
export const defineRun: DefineCommand = (command, { terminal, exit }) => {
  addSettingOptions(command)
  addUnsafeOptions(command)
  command.option('--json', 'print the addresses as one line of JSON when the instance is up')
  addExamples(command, ['run', 'run --config /etc/vedette/vedette.yaml --log-format pretty'])
  command.action(async (options: SettingOptions) => {
    const { startSupervisor } = await import('../processes/supervisor/supervisor.ts')
    const { readSystemd } = await import('../settings/systemd.ts')
    const { byEntrance, describeBound, formatBound } = await import('../processes/describe-bound.ts')
    const load = withFile(loadOptionsFrom(options))
    const running = startSupervisor({
      load,
      systemd: readSystemd(),
      started: ({ addresses }) => {
        const { proxy, services } = byEntrance(addresses)
        if (options.json) return terminal.print(JSON.stringify({ event: 'up', proxy, services }))
        for (const bound of proxy) terminal.say(`proxy listening on http://${formatBound(bound)}`)
        for (const bound of services) terminal.say(describeBound(bound))
      },
    })
    const { cutCallers } = await running.catch(async (thrown: unknown) => {
      const { placeInSettings } = await import('./place-in-settings.ts')
      throw placeInSettings(thrown, load)
    })
    if (cutCallers === 0) return
    terminal.say(`the drain deadline cut ${counted(cutCallers, 'caller')}`)
    exit('drainCut')
  })
}

/** Names the settings file that is there: one that is gone for a moment, in an editor, must not mean all defaults. */
function withFile(load: LoadOptions): LoadOptions {
  const { path } = settingsFile(load)
  return existsSync(path) ? { ...load, file: path } : load
}
