/**
 * From a change to what it wants in force: which settings, which text, in whose name. A reload may want two things in
 * turn, because a policy file that is broken must not keep a mended trust store or setting out: first what the disk
 * says, then the same with the last good policy text.
 */
import { asSidecarError, SidecarError } from '../../errors.ts'
import type { History } from '../../history/open-history.ts'
import { rollbackTarget } from '../../history/rollback-target.ts'
import { activeVersion, type Version, type VersionSource, versionByNumber } from '../../history/versions.ts'
import { type LoadOptions, loadSettings } from '../../settings/load-settings.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Candidate, Change, Reload, Rollback } from './versions/change.ts'
import { readPolicyFile } from './versions/policy-file.ts'

/** One thing that may come into force. */
export interface Attempt {
  readonly settings: Settings
  readonly text: string
  /** What problems are reported under. */
  readonly file: string
  readonly source: VersionSource
  readonly author: string
  readonly comment: string
  /** True when the policy file has to be made to say this. */
  readonly writes: boolean
  readonly ifVersion?: number
  readonly confirm?: Candidate['confirm']
  /** The version whose text comes back. */
  readonly backTo?: number
}

export interface Wanted {
  /** In the order of preference. */
  readonly attempts: readonly Attempt[]
  /** What could not even be read, so that there is no text to try. */
  readonly errors: readonly Unreadable[]
  /** Changed settings that only the next start can bring into force. */
  readonly restartNeeded: readonly string[]
}

export interface Unreadable {
  readonly of: 'settings' | 'policy'
  readonly error: SidecarError
}

export interface Means {
  readonly history: History
  readonly load: LoadOptions
  /** The settings in force; undefined at the start of the instance. */
  readonly settings: Settings | undefined
}

/** Finds what a change wants; throws when there is nothing that could be tried. */
export async function wantedBy(change: Change, means: Means): Promise<Wanted> {
  if (change.kind === 'reload') return wantedByReload(change, means)
  const { settings } = means
  if (settings === undefined) throw new SidecarError('INTERNAL_ERROR', 'a change came before the start was over')
  if (change.kind === 'rollback') return { attempts: [rollback(change, means.history, settings)], ...asBefore }
  const { text, file, source, author, comment, ifVersion, confirm } = change
  const attempt: Attempt = { settings, text, file, source, author, comment, writes: true }
  return {
    attempts: [{ ...attempt, ...given({ ifVersion, confirm }) }],
    ...asBefore,
  }
}

const asBefore = { errors: [], restartNeeded: [] }

async function wantedByReload({ trigger, author }: Reload, { history, load, settings }: Means): Promise<Wanted> {
  const errors: Unreadable[] = []
  const { settings: loaded, restartNeeded } = settingsOrRunning(load, { running: settings, errors })
  const source: VersionSource = trigger === 'signal' ? 'signal' : 'file'
  const from = { settings: loaded, file: loaded.policy, source, author, comment: '', writes: false }
  const lastGood = activeVersion(history)
  const attempts: Attempt[] = []
  try {
    attempts.push({ ...from, text: await readPolicyFile(loaded.policy) })
  } catch (error) {
    errors.push({ of: 'policy', error: asSidecarError(error) })
  }
  if (lastGood !== null && attempts[0]?.text !== lastGood.text) {
    attempts.push({ ...from, text: lastGood.text, file: `version ${lastGood.number}` })
  }
  if (attempts.length === 0) throw errors[0]?.error
  return { attempts, errors, restartNeeded }
}

/** What the instance itself stands on changes with the next start only; everything else may change at any time. */
function settingsOrRunning(
  load: LoadOptions,
  { running, errors }: { running: Settings | undefined; errors: Unreadable[] },
): { settings: Settings; restartNeeded: readonly string[] } {
  try {
    const { settings } = loadSettings(load)
    if (running === undefined) return { settings, restartNeeded: [] }
    const { admin, health, state } = running
    const restartNeeded = fixed.filter((name) => JSON.stringify(settings[name]) !== JSON.stringify(running[name]))
    return { settings: { ...settings, admin, health, state }, restartNeeded }
  } catch (error) {
    if (running === undefined) throw error
    errors.push({ of: 'settings', error: asSidecarError(error) })
    return { settings: running, restartNeeded: [] }
  }
}

const fixed = ['admin', 'health', 'state'] as const

/** Leaves out what was not given: an optional key is there or it is not. */
function given<T extends object>(wishes: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const found = Object.entries(wishes).filter(([, value]) => value !== undefined)
  return Object.fromEntries(found) as { [K in keyof T]?: NonNullable<T[K]> }
}

function rollback(
  { version, trigger, author, comment, ifVersion, confirm }: Rollback,
  history: History,
  settings: Settings,
): Attempt {
  const number = version ?? rollbackTarget(history)
  if (number === null) {
    const message = 'there is no earlier version that was not undone; vedette rollback NUMBER takes any'
    throw new SidecarError('OPERATOR_VERSION_UNKNOWN', message)
  }
  const { text }: Version = versionByNumber(history, number)
  const source = trigger === 'revert' ? 'revert' : 'rollback'
  const said = comment === '' ? `back to version ${number}` : comment
  return {
    settings,
    text,
    file: `version ${number}`,
    source,
    author,
    comment: said,
    writes: true,
    backTo: number,
    ...given({ ifVersion, confirm }),
  }
}
