import { existsSync, readFileSync } from 'node:fs'
import { asSidecarError, SidecarError } from '../errors.ts'
import type { Problem } from '../policy/document/problem.ts'
import type { LoadedSettings, LoadOptions } from '../settings/load-settings.ts'
import { isOfSettings, placeProblems } from '../settings/place-problems.ts'
import type { Settings } from '../settings/settings.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { composePolicy } from './compose-policy.ts'
import { counted } from './counted.ts'
import { type NamedText, readDocument, shortPath, stdinName } from './read-document.ts'
import { addSettingOptions, addUnsafeOptions, loadOptionsFrom, type SettingOptions } from './setting-options.ts'
import { linesFrom, problemsOf, showProblems } from './show-problems.ts'
import type { Terminal } from './terminal.ts'

/** `vedette check`: all that is tried before a version comes into force, but for its policy tests, which dial. */
export const defineCheck: DefineCommand = (command, { terminal, exit }) => {
  command.argument('[files...]', 'policies and settings, - for stdin; without any, what an instance here would use')
  addSettingOptions(command, ['policy', 'truststores', 'identities'])
  addUnsafeOptions(command)
  command.option('--json', 'print JSON')
  addExamples(command, ['check', 'check policies/*.yaml', 'check - < policy.yaml'])
  command.action(async (files: string[], options: SettingOptions) => {
    const load = loadOptionsFrom(options)
    const reports = files.length === 0 ? await checkSettings(load, terminal) : await checkFiles(files, load, terminal)
    if (options.json) terminal.printJson(reports.map(({ file, kind, problems }) => ({ file, kind, problems })))
    else showReports(reports, terminal)
    exit(reports.some(({ problems }) => problems.some(isError)) ? 'invalid' : 'ok')
  })
}

interface Report extends NamedText {
  readonly kind: 'policy' | 'settings'
  readonly problems: readonly Problem[]
}

async function checkFiles(files: readonly string[], load: LoadOptions, terminal: Terminal): Promise<Report[]> {
  const reports: Report[] = []
  for (const file of files) {
    const named = await readDocument(file, terminal)
    if (isSettings(named)) reports.push(...(await checkSettings({ ...load, file }, terminal)))
    else reports.push(...(await checkPolicy(named, await settingsOf(load))).filter(isPolicyOrBad))
  }
  return reports
}

function isSettings({ file, text }: NamedText): boolean {
  const says = /^kind:\s*["']?Settings\b/m.test(text)
  if (!says || file !== stdinName) return says
  throw new SidecarError('OPERATOR_USAGE', 'settings need a file: the paths in them start from its folder')
}

/** Checks settings, and if they are sound the policy they name. */
async function checkSettings(load: LoadOptions, terminal: Terminal): Promise<Report[]> {
  let loaded: LoadedSettings
  try {
    loaded = await settingsOf(load)
  } catch (error) {
    // A file that is not there is no bad file.
    if (asSidecarError(error).code === 'OPERATOR_FILE_UNREADABLE') throw error
    const file = load.file ?? 'vedette.yaml'
    return [settingsReport(file, problemsOf(error, file))]
  }
  return checkPolicy(await readDocument(shortPath(loaded.settings.policy), terminal), loaded)
}

/** A policy without mistakes may be checked against settings that have some, which are told too. */
function isPolicyOrBad({ kind, problems }: Report): boolean {
  return kind === 'policy' || problems.length > 0
}

/** The problems of settings with their lines, as far as the file says what they are about. */
function settingsReport(file: string, problems: readonly Problem[]): Report {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return { file, text, kind: 'settings', problems: placeProblems(problems, { text, file }) }
}

async function settingsOf(load: LoadOptions): Promise<LoadedSettings> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  return loadSettings(load)
}

/** Reports on the settings and the policy: services name trust stores and key pairs as the policy does. */
async function checkPolicy(named: NamedText, { settings, file }: LoadedSettings): Promise<Report[]> {
  const problems = await problemsIn(named, settings)
  const ofSettings = problems.filter(isOfSettings)
  const own = problems.filter((problem) => !isOfSettings(problem))
  return [
    settingsReport(file === null ? 'default settings' : shortPath(file), ofSettings),
    { ...named, kind: 'policy', problems: own },
  ]
}

/** Goes as far as an instance would: the document, what it names, and the TLS contexts OpenSSL makes of it. */
async function problemsIn(named: NamedText, settings: Settings): Promise<readonly Problem[]> {
  try {
    const { buildContexts } = await import('../backend/dial/contexts.ts')
    const { buildIncoming } = await import('../incoming/incoming-tls.ts')
    const { snapshot, warnings } = await composePolicy(named, settings)
    buildContexts(snapshot)
    buildIncoming(snapshot)
    return warnings
  } catch (error) {
    return problemsOf(error, named.file)
  }
}

function showReports(reports: readonly Report[], terminal: Terminal): void {
  const lineOf = linesFrom(new Map(reports.filter(({ text }) => text !== '').map(({ file, text }) => [file, text])))
  const paint = terminal.paint.bind(terminal)
  for (const { file, kind, problems } of reports) {
    for (const line of showProblems(problems, { lineOf, paint })) terminal.print(line)
    const errors = problems.filter(isError).length
    const warnings = problems.length - errors
    const said = [...someOf(errors, 'error'), ...someOf(warnings, 'warning')].join(', ')
    const mark = errors > 0 ? terminal.paintSaid('red', '✗') : terminal.paintSaid('green', '✓')
    terminal.say(`${mark} ${kind} ${file}: ${said === '' ? 'sound' : said}`)
  }
}

function isError({ severity }: Problem): boolean {
  return severity === 'error'
}

function someOf(count: number, noun: string): string[] {
  return count === 0 ? [] : [counted(count, noun)]
}
