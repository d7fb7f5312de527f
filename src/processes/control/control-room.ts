/**
 * The parts of the control process and how they are joined: one queue of changes, its outcome written down, the
 * version on probation, the files watched, the doors for commands and health questions.
 */
import { closeHistory, type History } from '../../history/open-history.ts'
import type { PendingConfirmation } from '../../history/pending.ts'
import { type HealthServer, startHealthServer } from '../../observe/health-server.ts'
import { createMetrics } from '../../observe/metrics.ts'
import { writeToStandardOutput } from '../../observe/standard-output.ts'
import { productVersion } from '../../settings/product-version.ts'
import type { Settings } from '../../settings/settings.ts'
import { settingsFile } from '../../settings/settings-file.ts'
import type { TcpHandle } from '../../wire/raw-handle.ts'
import type { Overview, ToControl } from '../messages.ts'
import { type AdminDoor, openAdminDoor } from './admin-door.ts'
import type { ControlNotes } from './control-notes.ts'
import type { Applied, Confirmed } from './control-protocol.ts'
import { serveControlSocket } from './control-socket.ts'
import { Counts } from './counts.ts'
import { Knowledge } from './knowledge.ts'
import { makeLog } from './make-log.ts'
import { healthChecks } from './readiness.ts'
import { SightingBook } from './sighting-book.ts'
import { type Status, statusOf } from './status.ts'
import type { Heard, SupervisorLink } from './supervisor-link.ts'
import { WaitingLine } from './trials/waiting-line.ts'
import { type Actors, carryOutRequest } from './versions/acts.ts'
import { ApplyQueue } from './versions/apply-queue.ts'
import type { Change, TellProgress } from './versions/change.ts'
import { Confirmation, describeWait, type RefusalWatch } from './versions/confirmation.ts'
import { type FileGroup, fileGroups, ownerOf } from './versions/file-groups.ts'
import { type Adoption, InForce } from './versions/in-force.ts'
import { type Log, OutcomeRecord } from './versions/outcome-record.ts'
import { assertPolicyTests } from './versions/policy-tests.ts'
import { ReadersByFolder } from './versions/readers-by-folder.ts'
import type { Trigger } from './versions/trigger.ts'
import { FileWatcher } from './versions/watch-files.ts'
import { ExceptionWatch } from './watch/exception-watch.ts'
import { startTimedWork } from './watch/timed-work.ts'

export interface ControlRoomOptions {
  readonly begin: ToControl & { readonly type: 'begin' }
  readonly settings: Settings
  readonly link: SupervisorLink
  readonly history: History
}

export class ControlRoom {
  readonly #begin: ControlRoomOptions['begin']
  readonly #settings: Settings
  readonly #link: SupervisorLink
  readonly #history: History
  readonly #writer = writeToStandardOutput()
  readonly #counts: Counts
  readonly #metrics = createMetrics({
    workers: () => this.#counts.all,
    build: { version: productVersion(), commit: '' },
  })
  readonly #outcomes: OutcomeRecord
  readonly #sightings: SightingBook
  readonly #confirmation: Confirmation
  readonly #inForce: InForce
  readonly #queue: ApplyQueue
  readonly #watcher: FileWatcher<FileGroup>
  readonly #readers: ReadersByFolder
  readonly #exceptions: ExceptionWatch
  readonly #known: Knowledge
  readonly #rehearsals = new WaitingLine('rehearsals', 4)
  #log: Log
  #overview: Overview = { addresses: [], generations: [], crashLoop: false, intolerant: [] }
  #health: HealthServer | undefined
  #admin: AdminDoor | undefined
  #watching: RefusalWatch | undefined
  #started: boolean
  #stopping = false
  #closeSocket = () => {}
  #endJobs = () => {}

  constructor({ begin, settings, link, history }: ControlRoomOptions) {
    const notes = begin.running?.notes as ControlNotes | undefined
    this.#begin = begin
    this.#settings = settings
    this.#link = link
    this.#history = history
    this.#started = begin.running !== undefined
    this.#counts = new Counts(notes?.departed)
    this.#readers = new ReadersByFolder(begin.options.environment)
    this.#log = this.#logFor(settings)
    const log: Log = (name, message, fields) => this.#log(name, message, fields)
    this.#outcomes = new OutcomeRecord({ history, metrics: this.#metrics, log, link })
    this.#sightings = new SightingBook({ history, metrics: this.#metrics, log })
    this.#exceptions = new ExceptionWatch({ log, metrics: this.#metrics })
    const inForce = () => this.#inForce.snapshot
    this.#known = new Knowledge({ settings, history, inForce, link, metrics: this.#metrics, log })
    this.#confirmation = new Confirmation({
      history,
      watching: notes?.watching,
      revert: (pending, why) => this.#revert(pending, why),
      changed: (watching) => this.#takeNotes(watching),
    })
    this.#inForce = new InForce({
      history,
      link,
      load: begin.options,
      readers: (wanted) => this.#readers.in(wanted),
      test: ({ snapshot, problemAt }) => assertPolicyTests(snapshot, problemAt, this.#known.known),
      rejected: (rejected) => this.#outcomes.refused(rejected),
      restartNeeded: (names) => this.#outcomes.restartNeeded(names),
      kept: (errors) => this.#outcomes.kept(errors),
      adopted: (adoption) => this.#adopted(adoption),
      ...(begin.running && { running: begin.running.snapshot, lastGeneration: begin.running.lastGeneration }),
    })
    this.#queue = new ApplyQueue((change, progress) => this.#carryOut(change, progress))
    this.#watcher = new FileWatcher({
      groups: () => fileGroups(this.#inForce.snapshot?.settings ?? settings, settingsFile(begin.options).path),
      changed: ({ name }) => void this.#reload(name),
    })
  }

  /** Opens all doors and brings into force what the disk says; throws when this instance cannot start. */
  async start(socket: TcpHandle): Promise<void> {
    if (!this.#started) this.#log('instance.starting', 'the settings are read and the instance starts')
    if (this.#history.fresh) this.#log('history.created', `a new history begins in ${this.#history.file}`)
    this.#health = await startHealthServer({
      listen: this.#settings.health.listen,
      checks: () => healthChecks(this.#knowledge()),
      metricsText: (accept) => this.#metrics.text(accept),
      onError: (error) => this.#log('internal.error', 'a health question could not be answered', { error }),
    })
    const { host, port } = this.#health.address
    this.#log('health.listening', `health and metrics on ${host}:${port}`, { host, port })
    // The first look comes before the first reading: what changes in between is seen by the second look.
    await this.#watcher.look()
    await this.#queue.add({ kind: 'reload', trigger: 'start', author: await ownerOf(this.#settings.policy) })
    this.#started = true
    this.#confirmation.arm()
    this.#closeSocket = serveControlSocket(socket, {
      carryOut: (request, progress) => carryOutRequest(request, progress, this.#actors()),
      refused: (act, error) => this.#log('command.refused', `the command ${act} failed`, { act, error }),
    })
    const watchExceptions = () => this.#exceptions.look(this.#inForce.snapshot?.policy, Date.now())
    const work = { watchExceptions, ...this.#known.work }
    this.#endJobs = startTimedWork(work, (name, message, fields) => this.#log(name, message, fields))
    this.#admin = await openAdminDoor({
      actors: this.#actors(),
      settings: this.#settings,
      load: this.#begin.options,
      health: () => healthChecks(this.#knowledge()),
      totals: () => this.#counts.all,
      log: (name, message, fields) => this.#log(name, message, fields),
    })
    await this.#known.start()
    this.#log('control.started', 'the control process is up')
  }

  heard(message: Heard): void {
    switch (message.type) {
      case 'counters':
        return this.#counts.update(message.worker, message.totals)
      case 'noted':
        this.#sightings.write(message.noted)
        return this.#admin?.room.heard(message.noted.access)
      case 'revocation-wanted':
      case 'issuer-wanted':
        return this.#known.wanted(message)
      case 'worker-gone':
        this.#counts.gone(message.worker)
        return this.#takeNotes(this.#watching)
      case 'generations':
        return this.#see(message.overview)
      case 'event':
        return this.#log(message.name, message.message, message.fields)
      case 'reload':
        return void this.#reload('signal').then(() => this.#link.tell({ type: 'reloaded' }))
      case 'stopping':
        this.#stopping = true
        return void this.#link.tell({ type: 'stopping-seen' })
    }
  }

  close(): void {
    this.#endJobs()
    this.#known.close()
    this.#watcher.close()
    this.#confirmation.close()
    this.#closeSocket()
    this.#admin?.room.close()
    void this.#health?.close()
    this.#writer.finish()
    closeHistory(this.#history)
  }

  async #carryOut(change: Change, progress: TellProgress): Promise<Applied> {
    const applied = await this.#inForce.carryOut(change, progress)
    if (change.trigger !== 'start') this.#outcomes.accepted(applied, change)
    return applied
  }

  async #reload(trigger: Trigger): Promise<void> {
    if (this.#stopping) return
    const file =
      trigger === 'settings-file' ? settingsFile(this.#begin.options).path : this.#inForce.snapshot?.settings.policy
    const author = trigger === 'signal' ? 'signal' : await ownerOf(file ?? '')
    // Why it failed, if it did, has been written down by then.
    await this.#queue.add({ kind: 'reload', trigger, author }).catch(() => {})
  }

  #revert({ version, revertTo }: PendingConfirmation, why: string): Promise<unknown> {
    const comment = `version ${version} is undone: ${why}`
    this.#log('policy.reverted', `${comment}; version ${revertTo} comes into force again`, { version, revertTo })
    return this.#queue.add({ kind: 'rollback', trigger: 'revert', author: 'vedette', comment, version: revertTo })
  }

  #confirm(author: string): Confirmed {
    const { version } = this.#confirmation.confirm()
    this.#log('policy.confirmed', `version ${version} is confirmed and stays`, { version, author })
    return { version }
  }

  #adopted(adoption: Adoption): void {
    const { change, snapshot, recorded } = adoption
    this.#log = this.#logFor(snapshot.settings)
    this.#outcomes.adopted(adoption)
    this.#known.revocation.adopted(snapshot)
    this.#exceptions.look(snapshot.policy, Date.now())
    if (recorded === undefined) return
    const asked = change.kind === 'reload' ? undefined : change.confirm
    // A version that takes over the wait of another is watched as that one was.
    const ratio = asked === undefined ? this.#watching?.ratio : asked.revertOnRefusals
    this.#confirmation.arm()
    const pending = this.#confirmation.pending
    if (pending === null) return
    const { version } = pending
    const message = describeWait(pending, asked === undefined ? recorded : undefined)
    this.#log('policy.awaits-confirmation', message, { version, takenOver: asked === undefined })
    if (ratio !== undefined) this.#confirmation.watchRefusals(version, { ratio, totals: this.#counts.all })
  }

  #see(overview: Overview): void {
    this.#overview = overview
    const count = (state: string) =>
      overview.generations.filter((one) => one.state === state).reduce((sum, { workers }) => sum + workers.length, 0)
    this.#metrics.intolerantBackends(overview.intolerant.length)
    this.#metrics.workers({ active: count('live'), draining: count('draining') })
    this.#confirmation.counted(() => this.#counts.all)
  }

  #takeNotes(watching: RefusalWatch | undefined): void {
    this.#watching = watching
    this.#metrics.revertsAt(this.#confirmation.pending?.deadlineMs ?? null)
    const notes: ControlNotes = { departed: this.#counts.departed, watching }
    void this.#link.tell({ type: 'notes', notes })
  }

  #actors(): Actors {
    return {
      known: this.#known.known,
      backendHealth: this.#known.health,
      rehearsals: this.#rehearsals,
      log: (name, message, fields) => this.#log(name, message, fields),
      history: this.#history,
      change: (change: Change, progress: TellProgress) => this.#queue.add(change, progress),
      confirm: (author: string) => this.#confirm(author),
      status: () => this.#status(),
      snapshot: () => this.#inForce.snapshot,
      readers: (settings: Settings) => this.#readers.in(settings),
      admin: () => this.#admin,
      revocation: this.#known.revocation,
      stopping: () => this.#stopping,
    }
  }

  #knowledge() {
    const { rejected, alarms } = this.#outcomes
    const { snapshot } = this.#inForce
    return { snapshot, rejected, alarms, overview: this.#overview, started: this.#started, stopping: this.#stopping }
  }

  #status(): Status {
    return statusOf({
      snapshot: this.#inForce.snapshot,
      history: this.#history,
      outcomes: this.#outcomes,
      overview: this.#overview,
      pending: this.#confirmation.pending,
      stopping: this.#stopping,
      startedMs: this.#begin.startedMs,
      health: this.#health?.address ?? this.#settings.health.listen,
      admin: this.#admin?.address ?? this.#settings.admin.listen,
      nowMs: Date.now(),
      ...this.#known.states,
    })
  }

  #logFor(settings: Settings): Log {
    const { environment } = this.#begin.options
    const also: Log = (name, message, fields = {}) => this.#admin?.room.event(name, message, fields)
    return makeLog(settings, { environment, destination: this.#writer, metrics: this.#metrics, also })
  }
}
