/** A wish to change what is in force, from whatever side it comes: the one thing the apply queue takes. */
import type { VersionSource } from '../../../history/versions.ts'
import type { TunnelFate } from '../../../settings/settings.ts'
import type { Progress } from '../control-protocol.ts'
import type { Trigger } from './trigger.ts'

/** A policy text that somebody hands in. It is written to the policy file when it comes into force. */
export interface Candidate {
  readonly kind: 'candidate'
  readonly trigger: Trigger
  readonly source: VersionSource
  readonly text: string
  /** What its problems are reported under. */
  readonly file: string
  readonly author: string
  /** What becomes of open connections that it would refuse; left out, what the settings say. */
  readonly tunnels?: TunnelFate
  readonly comment: string
  readonly ifVersion?: number
  readonly confirm?: { readonly withinMs: number; readonly revertOnRefusals?: number }
}

/** Everything is read again from the disk: settings, policy file, trust stores, key pairs. */
export interface Reload {
  readonly kind: 'reload'
  readonly trigger: Trigger
  readonly author: string
  /** New workers are wanted even when nothing has changed. */
  readonly afresh?: true
  /** What becomes of open connections that it would refuse; left out, what the settings say. */
  readonly tunnels?: TunnelFate
}

/** An earlier version comes into force again, as a new one. */
export interface Rollback {
  readonly kind: 'rollback'
  readonly trigger: 'rollback' | 'revert'
  readonly author: string
  /** What becomes of open connections that it would refuse; left out, what the settings say. */
  readonly tunnels?: TunnelFate
  readonly comment: string
  /** Left out: what `rollbackTarget` finds. */
  readonly version?: number
  readonly ifVersion?: number
  readonly confirm?: Candidate['confirm']
}

export type Change = Candidate | Reload | Rollback
export type TellProgress = (progress: Progress) => void
