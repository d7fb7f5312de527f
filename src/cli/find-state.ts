/**
 * Finds the state folder of the instance that is meant: by the one line of the settings that names it, when a socket in
 * that folder says that an instance has been there. Nothing else of the settings concerns a command that asks a running
 * instance, and to understand them takes as long as all the rest of it; nor may settings that have been broken since the
 * instance started lock its operator out. Where one look does not tell, the settings are loaded like anywhere else.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { asSidecarError } from '../errors.ts'
import { controlSocketPath } from '../processes/supervisor/state-lock.ts'
import type { LoadOptions } from '../settings/load-settings.ts'
import { settingTraits, variableOf } from '../settings/setting-table.ts'
import { settingsFile } from '../settings/settings-file.ts'
import { lookOptionsFrom, type SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'

/** Finds the state folder; throws what is wrong with the settings when it cannot be told without them. */
export async function findState(options: SettingOptions, terminal: Terminal): Promise<string> {
  const load = lookOptionsFrom(options)
  const named = load.flags?.state
  if (named !== undefined && named !== '') return path.resolve(load.folder, named)
  const seen = stateAtFirstSight(load)
  return seen !== undefined && hasInstance(seen) ? seen : stateBySettings(load, terminal)
}

async function stateBySettings(load: LoadOptions, terminal: Terminal): Promise<string> {
  const { loadSettings } = await import('../settings/load-settings.ts')
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

/** The variable, the plain line of the file, or the default where the file does not so much as mention the word. */
function stateAtFirstSight(load: LoadOptions): string | undefined {
  const text = settingsText(load)
  if (text === undefined && settingsFile(load).isNamed) return undefined
  const isPlain =
    load.environment[variableOf('state')] !== undefined || stateLine(text) !== undefined || !/state|\\/.test(text ?? '')
  return isPlain ? stateSaid(load, text) : undefined
}

/** What settings that cannot be loaded seem to say; undefined when nothing of ours is there. */
function stateInSpite(load: LoadOptions): string | undefined {
  const state = stateSaid(load, settingsText(load))
  // A mistaken guess finds nobody, rather than somebody else.
  return hasInstance(state) ? state : undefined
}

function stateSaid(load: LoadOptions, text: string | undefined): string {
  const variable = load.environment[variableOf('state')]
  if (variable !== undefined) return path.resolve(load.folder, variable)
  return path.resolve(path.dirname(settingsFile(load).path), stateLine(text) ?? String(settingTraits('state').fallback))
}

function settingsText(load: LoadOptions): string | undefined {
  try {
    return readFileSync(settingsFile(load).path, 'utf8')
  } catch {
    return undefined
  }
}

/** Reads the one line without a parser: the file may not be YAML at the moment. */
function stateLine(text: string | undefined): string | undefined {
  return /^state:[ \t]+(["']?)([^"'#\r\n]+?)\1[ \t]*(?:#.*)?$/m.exec(text ?? '')?.[2]
}

function hasInstance(state: string): boolean {
  return existsSync(controlSocketPath(state))
}
