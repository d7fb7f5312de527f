/**
 * Flags over environment over file over defaults: one frozen Settings, and for every value where it came from. All
 * problems of all layers are collected before anything is thrown.
 */

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SidecarError } from '../errors.ts'
import { type Examination, examineDocument } from '../policy/document/document.ts'
import { badDocument, type Problem } from '../policy/document/problem.ts'
import { assertDistinctAddresses } from './distinct-addresses.ts'
import type { Environment } from './environment.ts'
import { environmentLayer, flagLayer, type Layer, parseSetting, problemIn } from './layer.ts'
import { type GuardedEntrance, guardedEntrances } from './listening.ts'
import { ownProxyOf } from './own-proxy.ts'
import { type SettingsDocument, settingsSchema } from './schema.ts'
import { type SettingPath, settingPaths, settingTraits } from './setting-table.ts'
import type { Settings } from './settings.ts'
import { settingsFile } from './settings-file.ts'
import { toSettings } from './to-settings.ts'
import { assertSafeAddresses, unsafeAddresses } from './unsafe-address.ts'
import { unsafeVariable } from './variables.ts'

/** Where settings come from; plain JSON, so that another process can load the same ones again. */
export interface LoadOptions {
  /** Named by the operator; without one, vedette.yaml in `folder` is read when it is there. */
  readonly file?: string
  /** Texts of flags by setting, such as `{ 'log.level': 'debug' }`; a list is separated by commas. */
  readonly flags?: Readonly<Partial<Record<SettingPath, string>>>
  /** Entrances that may leave loopback, from the flags `--unsafe-…-listen`. */
  readonly unsafe?: readonly GuardedEntrance[]
  readonly environment: Environment
  /** The working directory. */
  readonly folder: string
}

/** Where a value came from: the flag, the variable, or the file. */
export interface Origin {
  readonly from: 'flag' | 'environment' | 'file' | 'default'
  /** `--log-level`, `VEDETTE_LOG_LEVEL` or `/etc/vedette.yaml:12:10`; empty for a default. */
  readonly name: string
}

export interface LoadedSettings {
  readonly settings: Settings
  readonly origins: Readonly<Record<SettingPath, Origin>>
  /** The settings file that was read, absolute; null when there is none. */
  readonly file: string | null
}

/** Loads the settings, or throws with every problem found. */
export function loadSettings(options: LoadOptions): LoadedSettings {
  const source = readSource(options)
  const examined = examineFile(source)
  const flags = flagLayer(options.flags ?? {})
  const environment = environmentLayer(options.environment)
  const unsafe = unsafeEntrances(options)
  const problems = [...flags.problems, ...environment.problems, ...unsafe.problems, ...examined.problems]
  if (examined.value === undefined) throw badDocument(problems)

  const fileFolder = source.file === null ? options.folder : dirname(source.file)
  const chosen = new Map(
    settingPaths.map((path) => [
      path,
      choose(path, { flags, environment, examined, fileFolder, folder: options.folder }),
    ]),
  )
  const services = examined.value.services ?? []
  const ownProxy = ownProxyOf(options.environment)
  const settings: Settings = {
    ...toSettings((path) => chosen.get(path)?.value, { services, folder: fileFolder }),
    ...(ownProxy === undefined ? {} : { ownProxy }),
  }
  if (problems.length > 0) throw badDocument([...problems, ...unsafeProblems(settings, unsafe.allowed, problems)])
  assertDistinctAddresses(settings)
  assertSafeAddresses(settings, unsafe.allowed)
  const origins = Object.fromEntries([...chosen].map(([path, { origin }]) => [path, origin]))
  return deepFreeze({ settings, origins: origins as LoadedSettings['origins'], file: source.file })
}

/** Beside other problems, an address outside loopback is one more; an address that is itself in doubt is left alone. */
function unsafeProblems(settings: Settings, allowed: ReadonlySet<GuardedEntrance>, found: readonly Problem[]) {
  const sure = guardedEntrances.filter((entrance) => !found.some(({ path }) => path.toLowerCase().includes(entrance)))
  const judged = new Set([...allowed, ...guardedEntrances.filter((entrance) => !sure.includes(entrance))])
  return unsafeAddresses(settings, judged).map(({ setting, fault }) => problemIn('settings', setting, fault))
}

interface Source {
  readonly file: string | null
  readonly text: string
}

function readSource(options: LoadOptions): Source {
  const { path, isNamed } = settingsFile(options)
  try {
    return { file: path, text: readFileSync(path, 'utf8') }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (!isNamed && code === 'ENOENT') return { file: null, text: '' }
    const message = `settings ${path} cannot be read (${code === 'ENOENT' ? 'there is no such file' : code})`
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', message, { details: { file: path }, cause })
  }
}

function examineFile({ file, text }: Source): Examination<SettingsDocument> {
  // A file with everything commented out says nothing, which is allowed; the schema would miss the mapping.
  const isBlank = /^\s*(#.*\s*|---\s*)*$/.test(text)
  return examineDocument(isBlank ? '{}' : text, { file: file ?? 'vedette.yaml', schema: settingsSchema })
}

function unsafeEntrances({ unsafe = [], environment }: LoadOptions) {
  const allowed = new Set<GuardedEntrance>(unsafe)
  const problems: Problem[] = []
  for (const entrance of guardedEntrances) {
    const name = unsafeVariable(entrance)
    const text = environment[name]
    if (text === 'true') allowed.add(entrance)
    else if (text !== undefined && text !== 'false')
      problems.push(problemIn('environment', name, 'expected true or false'))
  }
  return { allowed, problems }
}

interface Layers {
  readonly flags: Layer
  readonly environment: Layer
  readonly examined: Examination<SettingsDocument>
  readonly fileFolder: string
  readonly folder: string
}

/** Takes a value from the highest layer that has one. Relative paths belong to the folder they were written in. */
function choose(path: SettingPath, layers: Layers): { value: unknown; origin: Origin } {
  const flag = layers.flags.values.get(path)
  if (flag !== undefined) return given(path, flag.value, { from: 'flag', name: flag.name }, layers.folder)
  const variable = layers.environment.values.get(path)
  if (variable !== undefined) {
    return given(path, variable.value, { from: 'environment', name: variable.name }, layers.folder)
  }
  const steps = path.split('.')
  const inFile = valueAt(layers.examined.value, steps)
  if (inFile !== undefined) {
    const { file, line, column } = layers.examined.problemAt(steps, '')
    return given(path, inFile, { from: 'file', name: `${file}:${line}:${column}` }, layers.fileFolder)
  }
  const fallback = parseSetting(path, settingTraits(path).fallback)
  return given(path, fallback.data, { from: 'default', name: '' }, layers.fileFolder)
}

function given(path: SettingPath, value: unknown, origin: Origin, folder: string) {
  const { isPath } = settingTraits(path)
  const isLeftAlone = isPath === undefined || (isPath === 'or none' && value === 'none')
  return { value: isLeftAlone ? value : resolve(folder, String(value)), origin }
}

function valueAt(document: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document)
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
