/**
 * Finds the state folder of the instance that is meant, through the settings. Settings that have been broken since the
 * instance started must not lock its operator out of it: the folder is then looked for without understanding the rest
 * of them, and taken only when an instance has left its traces there.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { asSidecarError } from '../errors.ts'
import { controlSocketPath } from '../processes/supervisor/state-lock.ts'
import { configVariable } from '../settings/layer.ts'
import { type LoadOptions, loadSettings } from '../settings/load-settings.ts'
import { settingTraits, variableOf } from '../settings/setting-table.ts'
import { lookOptionsFrom, type SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'

/** Finds the state folder; throws what is wrong with the settings when it cannot be told without them. */
export function findState(options: SettingOptions, terminal: Terminal): string {
  const load = lookOptionsFrom(options)
  const named = load.flags?.state
  if (named !== undefined && named !== '') return path.resolve(load.folder, named)
  try {
    return loadSettings(load).settings.state
  } catch (thrown) {
    const error = asSidecarError(thrown)
    const state = error.code === 'OPERATOR_BAD_DOCUMENT' ? stateInSpite(load) : undefined
    if (state === undefined) {
      terminal.say('without sound settings the instance is not found; --state FOLDER names its state folder')
      throw error
    }
    terminal.say(`${error.message}\nthe instance is looked for in ${state} all the same; --state FOLDER names another`)
    return state
  }
}

/** The variable, or what the file seems to say, or the default; undefined when nothing of ours is there. */
function stateInSpite({ file, environment, folder }: LoadOptions): string | undefined {
  const variable = environment[variableOf('state')]
  const settings = path.resolve(folder, file ?? environment[configVariable] ?? 'vedette.yaml')
  const state =
    variable === undefined
      ? path.resolve(path.dirname(settings), stateLine(settings) ?? String(settingTraits('state').fallback))
      : path.resolve(folder, variable)
  // A mistaken guess finds nobody, rather than somebody else.
  return existsSync(controlSocketPath(state)) ? state : undefined
}

/** Reads the one line without a parser: the file may not be YAML at the moment. */
function stateLine(file: string): string | undefined {
  try {
    return /^state:[ \t]+(["']?)([^"'#\r\n]+?)\1[ \t]*(?:#.*)?$/m.exec(readFileSync(file, 'utf8'))?.[2]
  } catch {
    return undefined
  }
}
