/**
 * Where the outcome of every change is written down: one log line, the reload metrics, and for what was refused the
 * history. Also remembers what was refused last, for `v8 running, the change of … was rejected`.
 */
import type { SidecarError } from '../../../errors.ts'
import { recordAudit } from '../../../history/audit.ts'
import type { History } from '../../../history/open-history.ts'
import { lastRejection, recordRejection } from '../../../history/rejections.ts'
import { activeVersion, hashText } from '../../../history/versions.ts'
import type { EventName } from '../../../observe/event-names.ts'
import type { Metrics } from '../../../observe/metrics.ts'
import { formatProblem, type Problem } from '../../../policy/document/problem.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import type { Applied } from '../control-protocol.ts'
import { describeRunning, type RejectedNow } from '../status.ts'
import type { SupervisorLink } from '../supervisor-link.ts'
import { anchorEnds } from '../watch/certificate-ends.ts'
import type { Change } from './change.ts'
import type { Adoption, Rejected } from './in-force.ts'
import { noteUpgrade } from './note-upgrade.ts'
import { describeWriteFault, writeFaultOf } from './policy-file-access.ts'

export type Log = (name: EventName, message: string, fields?: Readonly<Record<string, unknown>>) => void

export interface OutcomeRecordOptions {
  readonly history: History
  readonly metrics: Metrics
  readonly log: Log
  readonly link: Pick<SupervisorLink, 'tell'>
}

export class OutcomeRecord {
  readonly #history: History
  readonly #metrics: Metrics
  readonly #log: Log
  readonly #link: OutcomeRecordOptions['link']
  #snapshot: Snapshot | undefined
  #rejected: RejectedNow | undefined
  #alarms: readonly string[] = []
  #waitsForRestart: readonly string[] = []
  #unwritable = ''

  constructor({ history, metrics, log, link }: OutcomeRecordOptions) {
    this.#history = history
    this.#metrics = metrics
    this.#log = log
    this.#link = link
  }

  /** What was refused since what is in force came into force. */
  get rejected(): RejectedNow | undefined {
    return this.#rejected
  }

  /** What is bad now and stays as it last was good. */
  get alarms(): readonly string[] {
    return this.#alarms
  }

  /** Changed settings that only the next start brings into force. */
  get waitsForRestart(): readonly string[] {
    return this.#waitsForRestart
  }

  /** Notes what a change was refused for; mistakes of the command itself are no refusal of a version. */
  refused({ change, of, attempt, error }: Rejected): void {
    const fields = { trigger: change.trigger, error }
    // At a start nothing is changed: what the files say is tried for the first time.
    const what =
      change.trigger === 'start' ? 'the instance cannot start with what the files say' : 'the change is refused'
    this.#log(`${of}.rejected`, `${what}: ${error.message}`, fields)
    this.#metrics.policyReloaded({ result: 'rejected', trigger: change.trigger, timeMs: Date.now() })
    if (mistakes.includes(error.code)) return
    this.#rejected = { of, trigger: change.trigger, message: error.message, timeMs: Date.now() }
    this.#tellStanding()
    if (attempt !== undefined && of === 'policy') this.#recordOnce(attempt, describeProblems(error))
  }

  /** Notes that what was asked for is in force, newly or already. */
  accepted({ unchanged, version }: Applied, { trigger }: Change): void {
    this.#rejected = undefined
    this.#tellStanding()
    if (unchanged) this.#log('policy.unchanged', `version ${version} is in force already`, { version, trigger })
  }

  /** Notes what came into force. */
  adopted({ change, snapshot, before, recorded, composition }: Adoption): void {
    const { version, generation, policySha256: sha256, policy, trust } = snapshot
    const { trigger } = change
    this.#snapshot = snapshot
    this.#tellStanding()
    const source = recorded?.source ?? activeVersion(this.#history)?.source ?? 'file'
    this.#metrics.policyReloaded({ result: 'success', trigger, timeMs: Date.now() })
    this.#metrics.policyInForce({ name: policy.name, version, sha256, source })
    this.#metrics.trustStores(
      Object.values(trust).map(({ name, certificates }) => ({ name, certificates: certificates.length })),
    )
    this.#metrics.trustAnchors(anchorEnds(trust))
    if (recorded !== undefined) {
      const { author, comment } = recorded
      recordAudit(this.#history, {
        ...{
          timeMs: recorded.timeMs,
          actor: author,
          address: '',
          action: 'version',
          subject: `${version}`,
          outcome: 'done',
        },
        detail: { source, sha256, comment, parent: recorded.parent },
      })
      this.#log('policy.applied', `version ${version} is in force`, { version, generation, trigger, author, comment })
    } else noteUpgrade(version, { history: this.#history, log: this.#log })
    for (const [name, message] of differences(before, snapshot)) this.#log(name, message, { generation, trigger })
    for (const warning of composition.warnings) this.#log('policy.warning', formatProblem(warning), { version })
    this.#noteWriteFault(snapshot.settings.policy)
  }

  /** Says once of each file that no version can be written to it. */
  #noteWriteFault(file: string): void {
    const fault = writeFaultOf(file)
    const said = fault === '' ? '' : describeWriteFault(file, fault)
    if (said !== '' && said !== this.#unwritable) this.#log('policy.unwritable', said, { file, reason: fault })
    this.#unwritable = said
  }

  /** Notes stores and key pairs that are bad now and stay as they were; says the same thing only once. */
  kept(errors: readonly SidecarError[]): void {
    const alarms = errors.map(({ message }) => message)
    this.#metrics.staleFiles(alarms.length)
    if (alarms.join() === this.#alarms.join()) return
    this.#alarms = alarms
    for (const error of errors) {
      const name = error.code === 'OPERATOR_BAD_IDENTITY' ? 'identity.rejected' : 'truststore.rejected'
      this.#log(name, `${error.message}; the last good one stays`, { error })
    }
  }

  /** Notes changed settings that wait for the next start; says the same thing only once. */
  restartNeeded(names: readonly string[]): void {
    const said = names.join(', ')
    if (said === this.#waitsForRestart.join(', ')) return
    this.#waitsForRestart = names
    if (said !== '') this.#log('settings.restart-needed', `changed settings wait for the next start: ${said}`)
  }

  /** After a death of control nothing is told until something changes: what was told last still holds. */
  #tellStanding(): void {
    if (this.#snapshot === undefined) return
    void this.#link.tell({ type: 'standing', text: describeRunning(this.#snapshot, this.#rejected) })
  }

  /** A broken file is met again at every other change; the record needs it once. */
  #recordOnce({ text, source, author }: Rejected['attempt'] & object, problems: readonly string[]): void {
    const last = lastRejection(this.#history)
    const isKnown = last?.sha256 === hashText(text) && last.problems.join() === problems.join()
    if (!isKnown) recordRejection(this.#history, { text, source, author, timeMs: Date.now(), problems })
  }
}

/** Lists what is wrong as its author should see it, one line each. */
export function describeProblems({ message, details }: SidecarError): readonly string[] {
  const { problems } = details
  if (!Array.isArray(problems) || problems.length === 0) return [message]
  return (problems as Problem[]).filter(({ severity }) => severity === 'error').map(formatProblem)
}

function differences(before: Snapshot | undefined, after: Snapshot): readonly (readonly [EventName, string])[] {
  if (before === undefined) return []
  const found: (readonly [EventName, string])[] = []
  if (JSON.stringify(before.settings) !== JSON.stringify(after.settings)) {
    found.push(['settings.changed', 'changed settings are in force'])
  }
  for (const name of changedNames(before.trust, after.trust)) {
    found.push(['truststore.changed', `trust store ${name} changed and is in force`])
  }
  for (const name of changedNames(before.identities, after.identities)) {
    found.push(['identity.changed', `key pair ${name} changed and is in force`])
  }
  return found
}

type Hashed = Readonly<Record<string, { readonly sha256: string }>>

/** Those that both have, and that differ. */
function changedNames(before: Hashed, after: Hashed): readonly string[] {
  return Object.keys(after).filter((name) => before[name] !== undefined && before[name].sha256 !== after[name]?.sha256)
}

const mistakes: readonly string[] = ['OPERATOR_EDIT_CONFLICT', 'OPERATOR_VERSION_UNKNOWN', 'INTERNAL_DRAINING']
