/**
 * Entrance two, a fixed forward: whoever comes in here goes to the backends of this service and nowhere else, under
 * the same policy as everybody. A caller stays with the generation that took it: its tunnel ends by itself, or at the
 * drain deadline.
 */
import type { Backends } from '../backend/backends.ts'
import type { OpenedConnection } from '../backend/dial/open-connection.ts'
import type { RevocationKnowledge } from '../backend/judge/find-revocation.ts'
import type { Holds, OpenConnection } from '../backend/judge/reweigh.ts'
import { SidecarError } from '../errors.ts'
import { IncomingTls } from '../incoming/incoming-tls.ts'
import type { CallerFault } from '../incoming/reweigh-callers.ts'
import type { AccessRecord } from '../observe/access-record.ts'
import type { AllowedDecision } from '../policy/allowed-or-throw.ts'
import type { Shortage } from '../proxy/entrance-context.ts'
import { isSecure, type Service, type ServiceBackend } from '../settings/service.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { TcpHandle } from '../wire/raw-handle.ts'
import { BackendList } from './backend-list.ts'
import { ServiceCaller } from './service-caller.ts'
import type { KnownIdentity, Origin, ServiceConnection, ServiceContext } from './service-context.ts'
import { ServiceRecord } from './service-record.ts'
import { writeProxyHeader } from './write-proxy-header.ts'

export interface ServiceEntranceOptions {
  readonly service: Service
  readonly snapshot: Snapshot
  readonly deadlines: Deadlines
  readonly backends: Pick<Backends, 'connect'>
  /** Gets every caller when it is gone; the record is not kept. */
  readonly finished: (record: AccessRecord) => void
  readonly revocation?: RevocationKnowledge | undefined
  readonly shortage?: Shortage | undefined
}

export class ServiceEntrance implements ServiceContext {
  readonly service: Service
  readonly deadlines: Deadlines
  readonly incoming: IncomingTls | undefined
  readonly webSockets: ServiceContext['webSockets']
  /** Called when the last caller has left after `retire`. */
  emptied: () => void = () => {}
  readonly #options: ServiceEntranceOptions
  readonly #list: BackendList
  readonly #callers = new Set<ServiceCaller>()
  readonly #idPrefix: string
  #taken = 0
  #retired = false
  /** Set once what is open here has been weighed again. */
  #holds: Holds | undefined
  #faultOf: CallerFault | undefined

  constructor(options: ServiceEntranceOptions) {
    const { service, snapshot, deadlines, revocation } = options
    const { name, tls, webSocket } = service
    // Only who needs it loads it: it is memory in every worker.
    this.webSockets =
      webSocket && import('./web-socket/web-socket-door.ts').then((door) => new door.WebSocketDoor(webSocket))
    this.incoming = tls && new IncomingTls({ service: { name, tls }, snapshot, revocation })
    this.service = service
    this.deadlines = deadlines
    this.#options = options
    this.#list = new BackendList(service, snapshot.policy)
    this.#idPrefix = `${snapshot.generation.toString(36)}-${process.pid.toString(36)}-${service.name}-`
  }

  get load(): { callers: number; requests: number; tunnels: number } {
    let tunnels = 0
    for (const caller of this.#callers) if (caller.isTunnel) tunnels += 1
    return { callers: this.#callers.size, requests: 0, tunnels }
  }

  accept(handle: TcpHandle): void {
    const caller = new ServiceCaller(this, handle)
    this.#callers.add(caller)
    const fault = this.#overLimit ?? this.#options.shortage?.()
    if (fault === undefined) caller.start()
    else caller.refuse(fault)
  }

  get #overLimit(): SidecarError | undefined {
    const { name, limits } = this.service
    if (this.#callers.size <= limits.connections) return undefined
    return new SidecarError('INTERNAL_AT_LIMIT', `the ${limits.connections} connections of ${name} are taken`)
  }

  /** Nobody new will come; `emptied` is called when the last caller has left. */
  retire(): void {
    this.#retired = true
    this.#tellWhenEmpty()
  }

  /** Ends every caller that, or whose backend, would be refused now, also one whose tunnel is only being opened. */
  reweigh(_newer: Snapshot, holds: Holds, faultOf: CallerFault): number {
    this.#holds = holds
    this.#faultOf = faultOf
    let cut = 0
    for (const caller of [...this.#callers]) {
      const fault = caller.known && faultOf(caller.known.identity)
      if (fault === undefined && (caller.backend === undefined || holds(caller.backend))) continue
      caller.cut('refused', fault)
      cut += 1
    }
    return cut
  }

  faultOf({ identity }: KnownIdentity): SidecarError | undefined {
    return this.#faultOf?.(identity)
  }

  /** Tells whether a connection that has just been opened is one that a newer version has asked to end. */
  isRefused(backend: OpenConnection): boolean {
    return this.#holds?.(backend) === false
  }

  /** Cuts everything that is left; tells how many callers that were. */
  cut(): number {
    const left = this.#callers.size
    this.emptied = () => {}
    for (const caller of this.#callers) caller.cut()
    return left
  }

  newRecord(): ServiceRecord {
    this.#taken += 1
    const { version, generation } = this.#options.snapshot
    const requestId = this.#idPrefix + this.#taken.toString(36)
    return new ServiceRecord({ requestId, entrance: this.service.name, version, generation })
  }

  open(record: ServiceRecord, from: Origin, isWanted: () => boolean): Promise<OpenedConnection> {
    return this.#list.open({
      caller: from.names,
      isWanted,
      trying: ({ decision, backend }) => record.decided(decision, backend.scheme),
      open: (decision, backend) => this.#reach(decision, backend, from),
    })
  }

  async #reach(decision: AllowedDecision, backend: ServiceBackend, { ends, ask }: Origin): Promise<OpenedConnection> {
    const { starttls, timeouts, proxyProtocol, backendWebSocket } = this.service
    const header = proxyProtocol.out === undefined ? undefined : writeProxyHeader(proxyProtocol.out, ends)
    const scheme = isSecure(backend.scheme) ? 'tls' : 'tcp'
    const wish = { decision, scheme, starttls, header, ask, timeouts } as const
    const { backends, deadlines } = this.#options
    if (backend.path === undefined || backendWebSocket === undefined) return backends.connect(wish)
    // Loaded by who needs it, and before there is a connection: between the verdict and the request nothing is waited for.
    const { reachWebSocket } = await import('./web-socket/reach-web-socket.ts')
    const opened = await backends.connect({ ...wish, givenOn: true })
    const { handshakeMs } = timeouts
    return reachWebSocket(opened, { ...backendWebSocket, backend, handshakeMs, deadlines })
  }

  finished(caller: ServiceConnection, record: ServiceRecord): void {
    this.#callers.delete(caller as ServiceCaller)
    this.#options.finished(record.close())
    this.#tellWhenEmpty()
  }

  #tellWhenEmpty(): void {
    if (this.#retired && this.#callers.size === 0) this.emptied()
  }
}
