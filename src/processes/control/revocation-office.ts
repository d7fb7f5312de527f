/**
 * Everything about revocation in the control process: the keeper of lists, the desk that workers' questions come to, the
 * folder that is watched, and a book of its own for policy tests. What is learnt goes to the supervisor, which tells it
 * to every worker: no list, however often it is refreshed, needs a new generation.
 */
import { X509Certificate } from 'node:crypto'
import { type Fetch, fetchUnder } from '../../backend/fetch-bounded.ts'
import type { Metrics } from '../../observe/metrics.ts'
import { ListKeeper } from '../../revocation/list-keeper.ts'
import type { ListState } from '../../revocation/list-state.ts'
import { type News, RevocationBook } from '../../revocation/revocation-book.ts'
import { RevocationDesk } from '../../revocation/revocation-desk.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { ToControl } from '../messages.ts'
import type { SupervisorLink } from './supervisor-link.ts'
import type { Log } from './versions/outcome-record.ts'
import { FileWatcher, type WatchedGroup } from './versions/watch-files.ts'

export interface OfficeOptions {
  /** Those of the start, until something is in force. */
  readonly settings: Settings
  readonly inForce: () => Snapshot | undefined
  readonly link: Pick<SupervisorLink, 'tell'>
  readonly metrics: Pick<Metrics, 'revocationLists'>
  readonly log: Log
}

export class RevocationOffice {
  /** What is known here, for handshakes of the control process itself. */
  readonly book: RevocationBook
  readonly #options: OfficeOptions
  readonly #lists: ListKeeper
  readonly #desk: RevocationDesk
  readonly #watcher: FileWatcher<WatchedGroup>
  readonly #told = new Map<string, string>()
  /** What lies on the disk may be the answer: no worker is answered before it is read. */
  readonly #started = Promise.withResolvers<void>()

  constructor(options: OfficeOptions) {
    const settings = () => options.inForce()?.settings ?? options.settings
    const fetch: Fetch = async (wish) => fetchUnder(options.inForce())(wish)
    const publish = (news: News) => this.#publish(news)
    this.#options = options
    this.#lists = new ListKeeper({
      state: options.settings.state,
      keeps: true,
      folder: () => settings().crls,
      fetch,
      publish,
      changed: (state) => this.#changed(state),
    })
    this.#desk = new RevocationDesk({ lists: this.#lists, fetch, publish })
    this.book = new RevocationBook((questions, sources) => this.#desk.lookInto(questions, sources))
    this.#watcher = new FileWatcher<WatchedGroup>({
      groups: () => [{ name: 'crls', files: [], folders: [settings().crls] }],
      changed: () => void this.#lists.readFolder(),
    })
  }

  /** Every list there is, as it stands now. */
  get lists(): readonly ListState[] {
    return this.#lists.states
  }

  /** Takes in what lies on the disk, and watches the folder from then on. */
  async start(): Promise<void> {
    await this.#watcher.look()
    await this.#lists.readFolder()
    await this.#lists.loadCache()
    this.#started.resolve()
  }

  /** Anchors may be issuers of lists in the folder. */
  adopted({ trust }: Snapshot): void {
    const anchors = Object.values(trust).flatMap(({ certificates }) => certificates)
    void this.#lists.know(anchors.map((pem) => new X509Certificate(pem).raw))
  }

  /** Looks into the questions of a worker, and says when that is over. */
  async wanted({ worker, request, questions, sources }: ToControl & { type: 'revocation-wanted' }): Promise<void> {
    await this.#started.promise
    await this.#desk.lookInto(questions, sources)
    void this.#options.link.tell({ type: 'revocation-answered', worker, request })
  }

  /** Fetches again what ends soon, and counts what has ended. */
  async refresh(): Promise<void> {
    await this.#lists.refresh()
    for (const state of this.lists) this.#changed(state)
  }

  /** Reads the folder and fetches every list again, now. */
  fetchAll(): Promise<void> {
    return this.#lists.refreshAll()
  }

  close(): void {
    this.#watcher.close()
  }

  #publish(news: News): void {
    this.book.learn(news)
    void this.#options.link.tell({ type: 'revocation', news })
  }

  /** One line in the log for every change of a list for the better or the worse, and the figures. */
  #changed({ source, state, detail, nextUpdateMs, entries }: ListState): void {
    const { log, metrics } = this.#options
    metrics.revocationLists(this.lists)
    const said = `${state} ${detail}`
    if (this.#told.get(source) === said) return
    this.#told.set(source, said)
    const fields = { source, state, entries, nextUpdate: nextUpdateMs && new Date(nextUpdateMs).toISOString() }
    if (state === 'good' && detail === '') return log('crl.good', `the list ${source} is in use`, fields)
    log('crl.bad', `the list ${source}: ${detail}`, fields)
  }
}
