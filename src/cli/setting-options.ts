/**
 * Settings on the command line. Flags are made from the table of settings, so a new setting has its flag at once;
 * their texts are judged where the settings are loaded, together with the file and the environment.
 */
import type { Command } from 'commander'
import { readEnvironment } from '../settings/environment.ts'
import { guardedEntrances } from '../settings/listening.ts'
import type { LoadOptions } from '../settings/load-settings.ts'
import { flagOf, type SettingPath, settingPaths, settingTraits } from '../settings/setting-table.ts'

/** What commander makes of the options added here, among the command's own. */
export type SettingOptions = Readonly<Record<string, unknown>>

/** Adds `--config` and a flag for each of the settings given; for all of them unless told otherwise. */
export function addSettingOptions(command: Command, paths: readonly SettingPath[] = settingPaths): void {
  command.option('-c, --config <file>', 'the settings file (vedette.yaml, if it is there)')
  for (const path of paths) {
    const { fallback } = settingTraits(path)
    command.option(`${flagOf(path)} <value>`, `sets ${path} (${fallback})`)
  }
}

/** Adds the flags that let an entrance leave loopback. */
export function addUnsafeOptions(command: Command): void {
  for (const entrance of guardedEntrances) {
    const what = entrance === 'services' ? 'services' : `${entrance}.listen`
    command.option(`--unsafe-${entrance}-listen`, `lets ${what} leave loopback`)
  }
}

/** Gathers what was given as the options of loadSettings, with the environment and the working directory. */
export function loadOptionsFrom(options: SettingOptions): LoadOptions {
  const given = settingPaths.flatMap((path) => {
    const text = options[attributeOf(flagOf(path))]
    return typeof text === 'string' ? [[path, text] as const] : []
  })
  return {
    ...(typeof options.config === 'string' ? { file: options.config } : {}),
    flags: Object.fromEntries(given),
    unsafe: guardedEntrances.filter((entrance) => options[attributeOf(`--unsafe-${entrance}-listen`)] === true),
    environment: readEnvironment(),
    folder: process.cwd(),
  }
}

/**
 * The same for a command that listens nowhere: whether addresses may leave loopback was answered when the instance started,
 * perhaps by a flag that nobody has to repeat here.
 */
export function lookOptionsFrom(options: SettingOptions): LoadOptions {
  return { ...loadOptionsFrom(options), unsafe: guardedEntrances }
}

/** How commander names the value of a flag. */
function attributeOf(flag: string): string {
  return flag.slice(2).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
