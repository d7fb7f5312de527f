/** What `vedette status` shows: which version and generation are in force, who carries it, what waits, what failed. */
import type { PendingConfirmation } from '../history/pending.ts'
import type { Rejection } from '../history/rejections.ts'
import type { VersionHead } from '../history/versions.ts'
import type { ListenAddress } from '../settings/settings.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { BoundAddress, GenerationOverview, Load, Overview } from './messages.ts'

export interface Status {
  readonly version: VersionHead | null
  readonly policy: { readonly name: string; readonly file: string; readonly sha256: string }
  readonly generation: number
  readonly state: 'running' | 'draining'
  readonly startedMs: number
  readonly pids: { readonly supervisor: number; readonly control: number }
  readonly listen: { readonly proxy: readonly BoundAddress[]; readonly health: ListenAddress }
  /** The sum over all workers. */
  readonly load: Load
  readonly generations: readonly GenerationOverview[]
  /** What was refused since the version in force came into force; null when nothing was. */
  readonly rejected: RejectedNow | null
  readonly lastRejection: Rejection | null
  readonly pending: PendingConfirmation | null
}

/** What stands in the way of the policy file, or of the last command. */
export interface RejectedNow {
  readonly of: 'settings' | 'policy'
  /** The number it would have got. */
  readonly version: number
  readonly message: string
  readonly timeMs: number
}

/** Adds up what all workers hold. */
export function totalLoad({ generations }: Overview): Load {
  const loads = generations.flatMap(({ workers }) => workers.map(({ load }) => load))
  const sum = (key: keyof Load) => loads.reduce((total, load) => total + load[key], 0)
  return { callers: sum('callers'), requests: sum('requests'), tunnels: sum('tunnels') }
}

/** Says in half a line what runs and what was refused: `v8 running, v9 rejected: …`. */
export function describeRunning(snapshot: Snapshot | undefined, rejected: RejectedNow | undefined): string {
  if (snapshot === undefined) return 'nothing is in force yet'
  const running = `v${snapshot.version} running`
  if (rejected === undefined) return running
  const what = rejected.of === 'settings' ? 'settings' : `v${rejected.version}`
  return `${running}, ${what} rejected: ${rejected.message}`
}
