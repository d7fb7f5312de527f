/**
 * The part of the control process that finds the certificates of issuers which backends did not send, where a rule says
 * `chainRepair: aia`: it fetches under the egress rules of what is in force and tells every worker. A worker never
 * fetches, and no handshake waits for it.
 */
import { type Fetch, fetchUnder } from '../../backend/fetch-bounded.ts'
import type { Settings } from '../../settings/settings.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import { IssuerBook, type IssuerFact, type IssuerNews } from '../../truststore/issuer-book.ts'
import { IssuerKeeper } from '../../truststore/issuer-keeper.ts'
import type { SupervisorLink } from './supervisor-link.ts'
import type { Log } from './versions/outcome-record.ts'

export interface IssuerOfficeOptions {
  /** Those of the start. */
  readonly settings: Settings
  readonly inForce: () => Snapshot | undefined
  readonly link: Pick<SupervisorLink, 'tell'>
  readonly log: Log
}

export class IssuerOffice {
  /** What is known here, for handshakes of the control process itself. */
  readonly book: IssuerBook
  readonly #options: IssuerOfficeOptions
  readonly #keeper: IssuerKeeper

  constructor(options: IssuerOfficeOptions) {
    const fetch: Fetch = async (wish) => fetchUnder(options.inForce())(wish)
    this.#options = options
    this.#keeper = new IssuerKeeper({
      state: options.settings.state,
      fetch,
      publish: (news) => this.#publish(news),
      fetched: (fact) => this.#fetched(fact),
    })
    this.book = new IssuerBook((url) => this.seek(url))
  }

  /** Takes in what lies on the disk. */
  async start(): Promise<void> {
    await this.#keeper.loadCache()
  }

  /** Fetches from an address, in its own time. */
  seek(url: string): void {
    void this.#keeper.seek(url)
  }

  #publish(news: IssuerNews): void {
    this.book.learn(news)
    void this.#options.link.tell({ type: 'issuers', news })
  }

  #fetched({ key: url, certificates, failure }: IssuerFact): void {
    const { log } = this.#options
    if (failure !== undefined) return log('issuer.missing', `an issuer's certificate: ${url} ${failure}`, { url })
    const count = certificates.length
    log('issuer.fetched', `intermediates were fetched from ${url}: ${count}; they trust nothing`, { url, count })
  }
}
