/** What `vedette status` shows: which version and generation are in force, who carries it, what waits, what failed. */
import type { IntoleranceMark } from '../../backend/dial/hybrid-tolerance.ts'
import type { History } from '../../history/open-history.ts'
import type { PendingConfirmation } from '../../history/pending.ts'
import { lastRejection, type Rejection } from '../../history/rejections.ts'
import { activeVersion, type VersionHead } from '../../history/versions.ts'
import type { ListState } from '../../revocation/list-state.ts'
import type { ListenAddress } from '../../settings/settings.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import { byEntrance } from '../describe-bound.ts'
import type { BoundAddress, GenerationOverview, Load, Overview } from '../messages.ts'
import { writeFaultOf } from './versions/policy-file-access.ts'
import type { Trigger } from './versions/trigger.ts'
import type { BackendHealthState } from './watch/check-backend.ts'
import { type ListedException, listExceptions } from './watch/exception-list.ts'

export interface Status {
  readonly version: VersionHead | null
  readonly policy: {
    readonly name: string
    readonly file: string
    readonly sha256: string
    /** Why the file cannot be written (`EROFS`): only a change of the file itself changes the policy. Empty when it can. */
    readonly writeFault: string
  }
  readonly generation: number
  readonly state: 'running' | 'draining'
  readonly startedMs: number
  readonly pids: { readonly supervisor: number; readonly control: number }
  readonly listen: {
    readonly proxy: readonly BoundAddress[]
    readonly services: readonly BoundAddress[]
    readonly health: ListenAddress
    readonly admin: ListenAddress
  }
  /** The sum over all workers. */
  readonly load: Load
  readonly generations: readonly GenerationOverview[]
  /** What was refused since the version in force came into force; null when nothing was. */
  readonly rejected: RejectedNow | null
  /** Trust stores and key pairs that are bad now and stay as they last were good. */
  readonly alarms: readonly string[]
  /** Changed settings that wait for the next start. */
  readonly restartNeeded: readonly string[]
  readonly lastRejection: Rejection | null
  readonly pending: PendingConfirmation | null
  /** Exceptions that are over or end within two weeks, without their uses. */
  readonly exceptions: readonly ListedException[]
  /** Every revocation list, from the folder or fetched. */
  readonly revocationLists: readonly ListState[]
  /** Backends that get no post-quantum groups, because handshakes with them broke twice. */
  readonly intolerant: readonly IntoleranceMark[]
  /** How many backends are under health checks, and which of them fail. */
  readonly backendHealth: { readonly checked: number; readonly failing: readonly FailingBackend[] }
}

/** A backend that failed its last health check. */
export type FailingBackend = Pick<BackendHealthState, 'backend' | 'detail' | 'checkedMs'>

/** What a status is made of. */
export interface StatusParts {
  readonly snapshot: Snapshot | undefined
  readonly history: History
  readonly outcomes: {
    readonly rejected: RejectedNow | undefined
    readonly alarms: readonly string[]
    readonly waitsForRestart: readonly string[]
  }
  readonly revocationLists: readonly ListState[]
  readonly backends: readonly BackendHealthState[]
  readonly overview: Overview
  readonly pending: PendingConfirmation | null
  readonly stopping: boolean
  readonly startedMs: number
  readonly health: ListenAddress
  readonly admin: ListenAddress
  readonly nowMs: number
}

/** Makes the status of the control process it is called in. */
export function statusOf({ snapshot, history, outcomes, overview, ...parts }: StatusParts): Status {
  const version = activeVersion(history)
  const { text: _, ...head } = version ?? { text: '' }
  return {
    version: version === null ? null : (head as Status['version']),
    policy: {
      name: snapshot?.policy.name ?? '',
      file: snapshot?.settings.policy ?? '',
      sha256: snapshot?.policySha256 ?? '',
      writeFault: snapshot === undefined ? '' : writeFaultOf(snapshot.settings.policy),
    },
    generation: snapshot?.generation ?? 0,
    state: parts.stopping ? 'draining' : 'running',
    startedMs: parts.startedMs,
    pids: { supervisor: process.ppid, control: process.pid },
    listen: { ...byEntrance(overview.addresses), health: parts.health, admin: parts.admin },
    load: totalLoad(overview),
    generations: overview.generations,
    intolerant: overview.intolerant,
    revocationLists: parts.revocationLists,
    backendHealth: healthOf(parts.backends),
    rejected: outcomes.rejected ?? null,
    alarms: outcomes.alarms,
    restartNeeded: outcomes.waitsForRestart,
    lastRejection: lastRejection(history),
    pending: parts.pending,
    exceptions: endingExceptions(snapshot, parts.nowMs),
  }
}

function healthOf(states: readonly BackendHealthState[]): Status['backendHealth'] {
  const failing = states.filter(({ ok }) => !ok)
  return {
    checked: states.length,
    failing: failing.map(({ backend, detail, checkedMs }) => ({ backend, detail, checkedMs })),
  }
}

function endingExceptions(snapshot: Snapshot | undefined, nowMs: number): readonly ListedException[] {
  const all = snapshot === undefined ? [] : listExceptions(snapshot.policy, { uses: undefined, nowMs })
  return all.filter(({ state }) => state !== 'holds')
}

/** What stands in the way of the policy file, or of the last command. */
export interface RejectedNow {
  readonly of: 'settings' | 'policy'
  readonly trigger: Trigger
  readonly message: string
  readonly timeMs: number
}

/** Adds up what all workers hold. */
export function totalLoad({ generations }: Overview): Load {
  const loads = generations.flatMap(({ workers }) => workers.map(({ load }) => load))
  const sum = (key: keyof Load) => loads.reduce((total, load) => total + load[key], 0)
  return { callers: sum('callers'), requests: sum('requests'), tunnels: sum('tunnels') }
}

/**
 * Says in half a line what runs and what was refused: `v8 running, the change of … was rejected: …`. What was refused has no
 * number: the next good one would get the same.
 */
export function describeRunning(snapshot: Snapshot | undefined, rejected: RejectedNow | undefined): string {
  if (snapshot === undefined) return 'nothing is in force yet'
  const running = `v${snapshot.version} running`
  return rejected === undefined ? running : `${running}, ${nameRejected(rejected)} was rejected: ${rejected.message}`
}

/** Names a refused change by its time and what set it off. */
export function nameRejected({ of, trigger, timeMs }: RejectedNow): string {
  const what = of === 'settings' ? 'settings change' : 'change'
  const time = new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z')
  return `the ${what} of ${time} (${trigger})`
}
