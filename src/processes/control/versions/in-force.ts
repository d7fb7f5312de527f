/**
 * What is in force, and the one way it changes: validate, provision, test, write beside, start, take the name, record,
 * swap. Until the swap every step can be taken back, and a failure anywhere leaves version and files as they were.
 */
import { buildContexts } from '../../../backend/dial/contexts.ts'
import { asSidecarError, SidecarError } from '../../../errors.ts'
import { pending as pendingOf } from '../../../history/pending.ts'
import { activeVersion, recordVersion, type Version, type VersionHead } from '../../../history/versions.ts'
import { buildIncoming } from '../../../incoming/incoming-tls.ts'
import type { TunnelFate } from '../../../settings/settings.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import type { Applied, Stage } from '../control-protocol.ts'
import type { SupervisorLink } from '../supervisor-link.ts'
import { type Attempt, type Means, type Wanted, wantedBy } from '../wanted.ts'
import type { Change, TellProgress } from './change.ts'
import { type Composition, composeSnapshot, meansTheSame, type Readers } from './compose-snapshot.ts'
import { newVersion, undoneVersion, waiting } from './new-version.ts'
import { appliedUnder } from './note-upgrade.ts'
import { readPolicyFile, type StagedText, stageText } from './policy-file.ts'
import { assertPolicyWritable } from './policy-file-access.ts'

export interface InForceOptions extends Pick<Means, 'history' | 'load'> {
  readonly link: Pick<SupervisorLink, 'prepare' | 'swap' | 'tell'>
  /** The readers for these folders; the same ones each time, so that they remember the last good reading. */
  readonly readers: (settings: Snapshot['settings']) => Readers
  readonly test: (composition: Composition) => Promise<void>
  /** Called when an attempt failed; another one, with the last good text, may still follow. */
  readonly rejected: (rejected: Rejected) => void
  /** Called with every reading of the settings: those that differ and have to wait for the next start. */
  readonly restartNeeded: (names: readonly string[]) => void
  /** Called with every reading: the stores and key pairs that are bad now and stay as they last were good. */
  readonly kept: (errors: readonly SidecarError[]) => void
  /** Called when something new is in force, before the requester hears of it. */
  readonly adopted: (adoption: Adoption) => void
  /** When control died and came back: what the workers run. */
  readonly running?: Snapshot
  readonly lastGeneration?: number
}

/** What did not come into force. */
export interface Rejected {
  readonly change: Change
  readonly of: 'settings' | 'policy'
  /** Undefined when there was no text to try. */
  readonly attempt: Attempt | undefined
  readonly error: SidecarError
}

/** What has just come into force, and instead of what. */
export interface Adoption {
  readonly change: Change
  readonly snapshot: Snapshot
  readonly before: Snapshot | undefined
  /** The version that was recorded; undefined when the text is not new. */
  readonly recorded: VersionHead | undefined
  readonly composition: Composition
}

export class InForce {
  readonly #options: InForceOptions
  #snapshot: Snapshot | undefined
  #lastGeneration: number

  constructor(options: InForceOptions) {
    this.#options = options
    this.#snapshot = options.running
    this.#lastGeneration = options.lastGeneration ?? 0
  }

  /** The snapshot new requests run under; undefined before the first generation. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** Brings a change into force; throws the first reason why not all that was wanted is in force now. */
  async carryOut(change: Change, tell: TellProgress): Promise<Applied> {
    const startedMs = performance.now()
    const elapsed = () => performance.now() - startedMs
    const { attempts, errors } = await this.#wanted(change)
    const failures = errors.map(({ error }) => error)
    for (const attempt of attempts) {
      try {
        const applied = await this.#attempt(change, attempt, (stage, message) =>
          tell({ stage, message, elapsedMs: elapsed() }),
        )
        // A start is glad of the last good version; everybody else asked for what was refused.
        if (failures[0] !== undefined && change.trigger !== 'start') break
        return { ...applied, elapsedMs: elapsed() }
      } catch (thrown) {
        const error = asSidecarError(thrown)
        const of = attempt.text === activeVersion(this.#options.history)?.text ? 'settings' : 'policy'
        this.#options.rejected({ change, of, attempt, error })
        failures.push(error)
      }
    }
    throw failures[0]
  }

  async #wanted(change: Change): Promise<Wanted> {
    const { history, load, rejected, restartNeeded } = this.#options
    try {
      const wanted = await wantedBy(change, { history, load, settings: this.#snapshot?.settings })
      if (change.kind === 'reload') restartNeeded(wanted.restartNeeded)
      for (const unreadable of wanted.errors) rejected({ change, attempt: undefined, ...unreadable })
      return wanted
    } catch (thrown) {
      const error = asSidecarError(thrown)
      rejected({ change, of: 'policy', attempt: undefined, error })
      throw error
    }
  }

  async #attempt(change: Change, attempt: Attempt, step: Step): Promise<Result> {
    const active = activeVersion(this.#options.history)
    assertExpected(attempt, active)
    const isNew = attempt.text !== active?.text
    const version = (active?.number ?? 0) + (isNew ? 1 : 0)
    const composition = await this.#compose(attempt, version)
    const { snapshot, warnings, kept } = composition
    this.#options.kept(kept)
    step('validated', describe(attempt))
    const before = this.#snapshot
    const isAfresh = change.kind === 'reload' && change.afresh === true
    if (before !== undefined && meansTheSame(before, snapshot) && !isNew && !isAfresh) {
      await restoreFile(attempt)
      return { version: before.version, generation: before.generation, unchanged: true, warnings }
    }
    if (attempt.writes) assertPolicyWritable(attempt.settings.policy)
    buildContexts(snapshot)
    buildIncoming(snapshot)
    step('provisioned', 'trust stores are loaded and contexts built')
    // What runs already has passed, and at the start there is no running version that a failure could protect.
    if (isNew && active !== null) await this.#options.test(composition)
    step('tests-passed', `${snapshot.policy.tests.length} policy tests hold`)
    const tunnels = change.tunnels ?? snapshot.settings.openTunnels
    const recorded = await this.#bringIntoForce({ attempt, snapshot, active, isNew, tunnels }, step)
    this.#options.adopted({ change, snapshot, before, recorded, composition })
    const pending = recorded === undefined ? undefined : pendingOf(this.#options.history)
    const { backTo } = attempt
    const more = { ...(pending ? { pending } : {}), ...(backTo === undefined ? {} : { backTo }) }
    return { version, generation: snapshot.generation, unchanged: false, warnings, ...more }
  }

  #compose(attempt: Attempt, version: number): Promise<Composition> {
    const { settings, text } = attempt
    const readers = this.#options.readers(settings)
    const catalogues = appliedUnder(this.#options.history, text)
    const generation = this.#lastGeneration + 1
    return composeSnapshot(attempt, { settings, readers, version, generation, appliedUnder: catalogues })
  }

  async #bringIntoForce({ attempt, snapshot, active, isNew, tunnels }: Candidature, step: Step): Promise<Recorded> {
    const { link, history } = this.#options
    const staged = attempt.writes ? await stageText(attempt.settings.policy, attempt.text) : undefined
    // A number that was tried is not used again, whatever came of it.
    this.#lastGeneration = snapshot.generation
    try {
      await link.prepare(snapshot)
      step('started', `generation ${snapshot.generation} is ready with ${workersIn(snapshot.settings)}`)
      await staged?.commit()
      const waits = waiting(history)
      const recorded = isNew ? recordVersion(history, newVersion(attempt, { active, history })) : undefined
      await this.#swap(active, { isNew, waits, tunnels })
      this.#snapshot = snapshot
      await staged?.settle()
      step('swapped', `new requests run under version ${snapshot.version}${takenOver(recorded, { attempt, history })}`)
      if (active !== null) step('draining', 'what began before finishes under the version it began with')
      return recorded
    } catch (error) {
      void link.tell({ type: 'abandon' })
      await staged?.undo()
      throw error
    }
  }

  /** The record comes first and cannot be erased, so a swap that fails after it is recorded as undone. */
  async #swap(active: Version | null, { isNew, waits, tunnels }: Swapping): Promise<void> {
    try {
      await this.#options.link.swap(tunnels)
    } catch (error) {
      if (isNew && active !== null) recordVersion(this.#options.history, undoneVersion(active, waits))
      throw error
    }
  }
}

type Step = (stage: Stage, message: string) => void
type Result = Omit<Applied, 'elapsedMs'>
type Recorded = VersionHead | undefined
type Waits = ReturnType<typeof waiting>

interface Candidature {
  readonly attempt: Attempt
  readonly snapshot: Snapshot
  readonly active: Version | null
  readonly isNew: boolean
  readonly tunnels: TunnelFate
}

interface Swapping extends Pick<Candidature, 'isNew' | 'tunnels'> {
  readonly waits: Waits
}

function assertExpected({ ifVersion }: Attempt, active: Version | null): void {
  if (ifVersion === undefined || active?.number === ifVersion) return
  const who =
    active === null
      ? 'no version is in force'
      : `version ${active.number} was applied by ${active.author} (${active.source}) at ${new Date(active.timeMs).toISOString()}`
  throw new SidecarError('OPERATOR_EDIT_CONFLICT', `the edit started from version ${ifVersion}, but ${who}`, {
    details: { expected: ifVersion, active: active?.number ?? null, author: active?.author ?? null },
  })
}

/** Names no number: until it is in force it has none, and the next one would get the same. */
function describe({ settings, file }: Attempt): string {
  return `${file} is valid with the settings for ${workersIn(settings)}`
}

function workersIn({ workers }: Snapshot['settings']): string {
  return workers === 1 ? '1 worker' : `${workers} workers`
}

/** Says when a change inherits the wait of the version it replaces. */
function takenOver(recorded: Recorded, { attempt, history }: { attempt: Attempt } & Pick<Means, 'history'>): string {
  const waits = recorded === undefined || attempt.confirm !== undefined ? null : pendingOf(history)
  if (waits === null) return ''
  const until = new Date(waits.deadlineMs).toISOString()
  return `, which is unconfirmed like the one it replaces: version ${waits.revertTo} comes back at ${until} without vedette confirm`
}

/** The file is the law: when it says something else than what runs, and what runs was asked for, it is made to say so. */
async function restoreFile({ writes, settings, text }: Attempt): Promise<void> {
  if (!writes || (await readPolicyFile(settings.policy).catch(() => undefined)) === text) return
  const staged: StagedText = await stageText(settings.policy, text)
  await staged.commit()
  await staged.settle()
}
