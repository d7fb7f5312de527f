/** Everything of one worker that callers come in by: the proxy and the services, as one thing to retire and to cut. */
import type { Backends } from '../../backend/backends.ts'
import type { RevocationKnowledge } from '../../backend/judge/find-revocation.ts'
import { reweighUnder, type Scales } from '../../backend/judge/reweigh.ts'
import { reweighCallers } from '../../incoming/reweigh-callers.ts'
import type { AccessRecord } from '../../observe/access-record.ts'
import type { Shortage } from '../../proxy/entrance-context.ts'
import { ProxyEntrance } from '../../proxy/proxy-entrance.ts'
import type { ServiceEntrance } from '../../service/service-entrance.ts'
import type { TunnelEntrance } from '../../service/tunnel-entrance.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { TokenUse } from '../../token/token-use.ts'
import type { IssuerBook } from '../../truststore/issuer-book.ts'
import type { Deadlines } from '../../wire/deadlines.ts'
import type { TcpHandle } from '../../wire/raw-handle.ts'
import type { Load } from '../messages.ts'
import type { ServiceEntrances } from './service-entrances.ts'

export interface EntrancesOptions {
  readonly snapshot: Snapshot
  readonly deadlines: Deadlines
  readonly backends: Backends
  /** Our name in Via fields. */
  readonly via: string
  readonly finished: (record: AccessRecord) => void
  readonly revocation?: RevocationKnowledge | undefined
  readonly issuers?: IssuerBook | undefined
  readonly tokenUsed: (use: TokenUse) => void
  readonly shortage?: Shortage | undefined
}

export class Entrances {
  readonly #proxy: ProxyEntrance
  readonly #services: ServiceEntrances
  readonly #knowledge: RevocationKnowledge | undefined
  readonly #issuers: IssuerBook | undefined
  readonly #own: Snapshot
  /** The newest that open connections were weighed under, once they were. */
  #newer: Snapshot | undefined

  /** Opens them. The code of services is loaded where there are any: other generations start the sooner. */
  static async open(options: EntrancesOptions): Promise<Entrances> {
    const { services } = options.snapshot.settings
    if (services.length === 0) return new Entrances(options, new Map())
    const { serviceEntrances } = await import('./service-entrances.ts')
    return new Entrances(options, serviceEntrances(services, options))
  }

  private constructor({ via, issuers, ...shared }: EntrancesOptions, services: ServiceEntrances) {
    this.#knowledge = shared.revocation
    this.#issuers = issuers
    this.#own = shared.snapshot
    this.#proxy = new ProxyEntrance({ ...shared, via })
    this.#services = services
  }

  /** The sum over all of them. */
  get load(): Load {
    const sum = { callers: 0, requests: 0, tunnels: 0 }
    for (const { load } of this.#all) {
      sum.callers += load.callers
      sum.requests += load.requests
      sum.tunnels += load.tunnels
    }
    return sum
  }

  /** Takes a new caller of the entrance with this name. */
  accept(entrance: string, caller: TcpHandle): void {
    const service = this.#services.get(entrance)
    if (service !== undefined) service.accept(caller)
    else if (entrance === 'socks') this.#proxy.acceptSocks(caller)
    else this.#proxy.accept(caller)
  }

  /** Takes an idle caller of an older generation: only the proxy's ever move. */
  takeOver(caller: TcpHandle, early: Buffer | undefined): void {
    this.#proxy.takeOver(caller, early)
  }

  /** Lets what is under way end, gives idle callers away, and calls back when the last one has left. */
  retire(give: Parameters<ProxyEntrance['retire']>[0], emptied: () => void): void {
    const tellWhenEmpty = () => {
      if (this.load.callers === 0) emptied()
    }
    for (const entrance of this.#all) entrance.emptied = tellWhenEmpty
    for (const service of this.#services.values()) service.retire()
    this.#proxy.retire(give)
  }

  /** Ends every tunnel and request whose backend, or whose caller, a newer version would refuse; tells how many. */
  reweigh(newer: Snapshot): number {
    this.#newer = newer
    return this.#weighAgain(newer)
  }

  /** Ends, where the settings want it so, what rests on a certificate, of a backend or a caller, that has become known as revoked; tells how many. */
  revocationLearnt(): number {
    return this.#own.settings.openTunnels === 'cut' ? this.#weighAgain(this.#newer ?? this.#own) : 0
  }

  /** Cuts everything that is left; tells how many callers that were. */
  cut(): number {
    let left = 0
    for (const entrance of this.#all) left += entrance.cut()
    return left
  }

  #weighAgain(snapshot: Snapshot): number {
    const scales: Scales = {
      snapshot,
      nowMs: Date.now(),
      knowledge: this.#knowledge,
      issuers: this.#issuers,
      revokedAlone: snapshot === this.#own,
    }
    const holds = reweighUnder(scales)
    let cut = this.#proxy.reweigh(snapshot, holds)
    for (const [name, service] of this.#services) cut += service.reweigh(snapshot, holds, reweighCallers(name, scales))
    return cut
  }

  get #all(): readonly (ProxyEntrance | ServiceEntrance | TunnelEntrance)[] {
    return [this.#proxy, ...this.#services.values()]
  }
}
