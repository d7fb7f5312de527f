/** The checks of `vedette doctor`, in the order in which one rests on another. */
import { resolve } from 'node:path'
import { buildCommand, isPageBuilt } from '../admin/built-page.ts'
import { asSidecarError, errorCodes, SidecarError } from '../errors.ts'
import { type LoadOptions, loadSettings } from '../settings/load-settings.ts'
import type { Settings } from '../settings/settings.ts'
import { describeUnnamedAdmin } from '../settings/unnamed-admin.ts'
import { composePolicy } from './compose-policy.ts'
import { counted } from './counted.ts'
import { stateInSpite } from './find-state.ts'
import { shortPath } from './read-document.ts'

/** What was found of one part. */
export interface Examined {
  readonly name: string
  readonly state: 'well' | 'doubtful' | 'bad'
  readonly finding: string
  /** What to do; empty where there is nothing to do. */
  readonly hint: string
}

/** Examines settings, policy, trust stores, history, record, and the running instance, one after the other. */
export async function* examineInstance(load: LoadOptions): AsyncGenerator<Examined> {
  const settings = await examine('settings', async () => {
    const loaded = loadSettings(load)
    return { value: loaded.settings, says: well(`from ${loaded.file === null ? 'defaults' : shortPath(loaded.file)}`) }
  })
  yield settings.examined
  if (settings.value === undefined) return yield* examineInSpite(load)
  yield (await examine('policy', () => examinePolicy(settings.value as Settings))).examined
  yield* examineTrustStores(settings.value, load)
  yield* examineHistory(settings.value)
  yield examinePage()
  const unnamed = describeUnnamedAdmin(settings.value.admin)
  if (unnamed !== '') yield { name: 'admin.hosts', ...doubtful(unnamed, 'admin.hosts: [sidecar.example.org]') }
  yield* examineRunning(settings.value)
}

/** With settings that are broken now, the instance that was started with sound ones may well be running. */
async function* examineInSpite(load: LoadOptions): AsyncGenerator<Examined> {
  const named = load.flags?.state ?? ''
  const state = named === '' ? stateInSpite(load) : resolve(load.folder, named)
  if (state === undefined) return
  const guess = `looked for in ${shortPath(state)} all the same`
  if (named === '') yield { name: 'state', ...doubtful(guess, '--state FOLDER names another') }
  yield* examineHistory({ state })
  yield examinePage()
  yield* examineRunning({ state })
}

type Says = Omit<Examined, 'name'>

async function examine<T>(name: string, look: () => Promise<{ value: T; says: Says }>) {
  try {
    const { value, says } = await look()
    return { value, examined: { name, ...says } }
  } catch (thrown) {
    const { code, message } = asSidecarError(thrown)
    return {
      value: undefined,
      examined: { name, state: 'bad', finding: message, hint: errorCodes[code].hint } as const,
    }
  }
}

async function examinePolicy(settings: Settings) {
  const { readFile } = await import('node:fs/promises')
  const name = shortPath(settings.policy)
  const text = await readFile(settings.policy, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', `${name} cannot be read (${cause.code})`, { cause })
  })
  const { snapshot, warnings } = await composePolicy({ file: name, text }, settings)
  const what = `"${snapshot.policy.name}" with ${counted(snapshot.policy.rules.length, 'rule')}`
  if (warnings.length === 0) return { value: undefined, says: well(what) }
  const hint = 'vedette check shows them with their lines'
  return { value: undefined, says: doubtful(`${what}, ${counted(warnings.length, 'warning')}`, hint) }
}

async function* examineTrustStores(settings: Settings, { environment }: LoadOptions): AsyncGenerator<Examined> {
  const { readStore } = await import('../truststore/read-store.ts')
  const { listStores } = await import('../truststore/store-files.ts')
  const { describeAnchors } = await import('../truststore/describe-anchors.ts')
  for (const store of await listStores(settings.truststores)) {
    const { sources, wrong } = await readStore(store, { folder: settings.truststores, environment })
    const name = `trust ${store}`
    const anchors = describeAnchors(sources, Date.now())
    const warned = anchors.filter(({ warnings }) => warnings.length > 0).length
    const hint = `vedette trust show ${store} names them`
    if (wrong[0] !== undefined) yield { name, ...bad(wrong[0].message, errorCodes[wrong[0].code].hint) }
    else if (warned > 0)
      yield { name, ...doubtful(`${counted(anchors.length, 'certificate')}, ${warned} with warnings`, hint) }
    else yield { name, ...well(counted(anchors.length, 'certificate')) }
  }
}

async function* examineHistory({ state }: Pick<Settings, 'state'>): AsyncGenerator<Examined> {
  const { existsSync } = await import('node:fs')
  const { closeHistory, historyFile, openHistory } = await import('../history/open-history.ts')
  if (!existsSync(historyFile(state))) {
    yield { name: 'history', ...doubtful(`there is none in ${shortPath(state)}`, 'vedette run makes one') }
    return
  }
  const opened = await examine('history', async () => {
    const { listVersions, versionByNumber } = await import('../history/versions.ts')
    const history = await openHistory(state)
    const versions = listVersions(history, { limit: Number.MAX_SAFE_INTEGER })
    // Reading a version holds its text to its hash.
    for (const { number } of versions) versionByNumber(history, number)
    return { value: history, says: well(`${counted(versions.length, 'version')}, each as it was recorded`) }
  })
  yield opened.examined
  if (opened.value === undefined) return
  const { checkAudit } = await import('../history/audit.ts')
  const { hasAdmin } = await import('../history/users.ts')
  const { entries, whole, brokenAt, head } = checkAudit(opened.value)
  const isSetUp = hasAdmin(opened.value)
  closeHistory(opened.value)
  const hint = 'somebody changed the history file: keep a copy, and find out who may write to the state folder'
  if (whole)
    yield {
      name: 'record',
      ...well(
        `${counted(entries, 'entry', 'entries')}, the chain holds${head === '' ? '' : ` (head ${head.slice(0, 12)})`}`,
      ),
    }
  else yield { name: 'record', ...bad(`the chain breaks at entry ${brokenAt}`, hint) }
  if (isSetUp) yield { name: 'admin', ...well('there is an admin') }
  else yield { name: 'admin', ...doubtful('nobody can sign in yet', 'vedette setup makes the one-time link') }
}

function examinePage(): Examined {
  if (isPageBuilt()) return { name: 'page', ...well('the System Manager is built') }
  return { name: 'page', ...doubtful('the System Manager is not part of this installation', buildCommand) }
}

async function* examineRunning({ state }: Pick<Settings, 'state'>): AsyncGenerator<Examined> {
  const { askControl } = await import('../processes/control/control-client.ts')
  const running = await examine('instance', async () => {
    const status = await askControl('status', {}, { state })
    const workers = status.generations.filter((one) => one.state === 'live').flatMap((one) => one.workers)
    const accepting = workers.filter((worker) => worker.state === 'accepting').length
    const says = `v${status.version?.number ?? 0} is served by ${accepting} of ${counted(workers.length, 'worker')}`
    if (accepting === 0) return { value: status, says: bad(says, 'see the log for why workers end') }
    return {
      value: status,
      says: accepting < workers.length ? doubtful(says, 'the others are being started') : well(says),
    }
  })
  yield running.examined
  if (running.value === undefined) return
  const { rejected, alarms, restartNeeded, pending, policy } = running.value
  if (policy.writeFault !== '') {
    const { describeWriteFault } = await import('../processes/control/versions/policy-file-access.ts')
    const hint =
      'where it is meant, as with a ConfigMap, all is well; else move policy: to a folder the instance may write'
    yield { name: 'policy file', ...doubtful(describeWriteFault(policy.file, policy.writeFault), hint) }
  }
  if (rejected !== null)
    yield { name: 'rejected', ...bad(rejected.message, 'mend what it names; what ran before runs on') }
  for (const alarm of alarms)
    yield { name: 'stale', ...bad(alarm, 'the last good one stays in force until it is mended') }
  if (restartNeeded.length > 0)
    yield { name: 'restart', ...doubtful(restartNeeded.join(', '), 'these settings wait for the next start') }
  if (pending !== null)
    yield { name: 'pending', ...doubtful(`v${pending.version} is unconfirmed`, 'vedette confirm keeps it') }
}

function well(finding: string): Says {
  return { state: 'well', finding, hint: '' }
}

function doubtful(finding: string, hint: string): Says {
  return { state: 'doubtful', finding, hint }
}

function bad(finding: string, hint: string): Says {
  return { state: 'bad', finding, hint }
}
