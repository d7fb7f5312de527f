/**
 * Finds the state folder of the instance that is meant: by the one line of the settings that names it, when a socket in
 * that folder says that an instance has been there. Nothing else of the settings concerns a command that asks a running
 * instance, and to understand them takes as long as all the rest of it. Where one look does not tell beyond doubt, the
 * settings are loaded like anywhere else; and settings that have been broken since the instance started do not lock its
 * operator out: the folder is then guessed, and the guess is told.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { asSidecarError } from '../errors.ts'
import { controlSocketPath } from '../processes/supervisor/state-lock.ts'
import type { LoadOptions } from '../settings/load-settings.ts'
import { settingTraits, variableOf } from '../settings/setting-table.ts'
import { settingsFile } from '../settings/settings-file.ts'
import { unknownVariables } from '../settings/variables.ts'
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

/**
 * The variable, the plain line of the file, or the default where the file does not so much as mention the word. Undefined
 * wherever a parser might read it otherwise, or would refuse it: whoever asks for a change must not reach somebody else.
 */
function stateAtFirstSight(load: LoadOptions): string | undefined {
  const variable = load.environment[variableOf('state')]
  if (variable === '' || unknownVariables(load.environment).length > 0) return undefined
  const { path: file, isNamed } = settingsFile(load)
  const text = textOf(file, { isNamed })
  if (text === undefined) return undefined
  const line = plainState(text)
  if (line === undefined) return undefined
  return variable === undefined ? path.resolve(path.dirname(file), line) : path.resolve(load.folder, variable)
}

/** The text of the settings, empty where there is none and nobody said so; undefined when it cannot be read. */
function textOf(file: string, { isNamed }: { readonly isNamed: boolean }): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return !isNamed && (error as NodeJS.ErrnoException).code === 'ENOENT' ? '' : undefined
  }
}

/** What a file says that says it in the plainest way: block style, one document, one short line without a surprise. */
function plainState(text: string): string | undefined {
  const fallback = String(settingTraits('state').fallback)
  if (text === '') return fallback
  if (!/^kind:[ \t]+Settings[ \t]*$/m.test(text) || /^(?:---|\.\.\.|[%?"'])/m.test(text)) return undefined
  const lines = text.match(/^state:/gm)?.length ?? 0
  if (lines === 0) return /state|\\/.test(text) ? undefined : fallback
  // What is indented behind it would belong to it.
  const plain = /^state:[ \t]+(["']?)([\w./-]+)\1[ \t]*(?:[ \t]#.*)?(?:\r?\n(?![ \t])|$(?![\s\S]))/m.exec(text)
  return lines === 1 ? plain?.[2] : undefined
}

/** What settings that cannot be loaded seem to say, for want of better; undefined when nothing of ours is there. */
export function stateInSpite(load: LoadOptions): string | undefined {
  const variable = load.environment[variableOf('state')]
  const { path: file } = settingsFile(load)
  const said = stateLine(textOf(file, { isNamed: true }) ?? '') ?? String(settingTraits('state').fallback)
  const state = variable === undefined ? path.resolve(path.dirname(file), said) : path.resolve(load.folder, variable)
  return hasInstance(state) ? state : undefined
}

/** Reads the one line without a parser: the file may not be YAML at the moment. */
function stateLine(text: string): string | undefined {
  return /^state:[ \t]+(["']?)([^"'#\r\n]+?)\1[ \t]*(?:#.*)?$/m.exec(text)?.[2]
}

function hasInstance(state: string): boolean {
  return existsSync(controlSocketPath(state))
}
