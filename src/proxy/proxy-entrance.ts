/**
 * Entrance one, the forward proxy, with a door for HTTP and one for SOCKS5: takes callers, gives each request its work, and at the end of its generation
 * moves the callers on. Everything it shares among callers is made once per snapshot.
 */
import type { Socket } from 'node:net'
import type { Backends } from '../backend/backends.ts'
import type { Holds, OpenConnection } from '../backend/judge/reweigh.ts'
import { SidecarError } from '../errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import { hasViaPseudonym } from '../http/via.ts'
import type { AccessRecord } from '../observe/access-record.ts'
import type { Destination } from '../policy/destination.ts'
import { parseAuthority, parseDestination } from '../policy/parse-destination.ts'
import type { Settings } from '../settings/settings.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { Tunnel, type TunnelEnd } from '../tunnel/tunnel.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { TcpHandle } from '../wire/raw-handle.ts'
import { Wire } from '../wire/wire.ts'
import { Caller } from './caller.ts'
import { Connect, type ConnectRequest } from './connect.ts'
import { type ConnectGate, GatedConnect, type Leave, type Passage } from './connect-gate.ts'
import type { EntranceCaller, EntranceContext, Give, Shortage, TunnelRequest, TunnelWish } from './entrance-context.ts'
import { Exchange } from './exchange.ts'
import type { KnownCaller } from './known-caller.ts'
import { forwardsLeft, lastHopAnswer } from './max-forwards.ts'
import { OwnAnswer } from './own-answer.ts'
import type { ProxyEntranceOptions } from './proxy-entrance-options.ts'
import { RequestRecord } from './request-record.ts'
import { Routes } from './routes.ts'
import { SocksCaller } from './socks/socks-caller.ts'
import { httpVoice } from './tunnel-voice.ts'
import type { CallerConnection, Work } from './work.ts'

export class ProxyEntrance implements EntranceContext {
  readonly backends: Backends
  readonly routes: Routes
  readonly deadlines: Deadlines
  readonly limits: Settings['limits']
  readonly timeouts: Settings['timeouts']
  readonly via: string
  readonly socksUsers: EntranceContext['socksUsers']
  readonly shortage: Shortage
  /** Called when the last caller has left after `retire`. */
  emptied: () => void = () => {}
  readonly #snapshot: Snapshot
  readonly #finished: (record: AccessRecord) => void
  readonly #callers = new Set<EntranceCaller>()
  readonly #tunnels = new Map<Tunnel, { readonly held: OpenConnection; readonly caller: CallerConnection }>()
  readonly #idPrefix: string
  readonly #refusalMessage: string
  readonly #gate: ConnectGate | undefined
  readonly #name: string
  readonly #known = new WeakMap<CallerConnection, KnownCaller>()
  #requests = 0
  #retired = false
  #give: Give | undefined
  /** Set once a newer version has weighed what is open here. */
  #holds: Holds | undefined

  constructor(options: ProxyEntranceOptions) {
    const { settings } = options.snapshot
    this.#snapshot = options.snapshot
    this.#finished = options.finished
    this.backends = options.backends
    this.routes = new Routes(options.snapshot.policy, options.backends)
    this.deadlines = options.deadlines
    this.limits = settings.limits
    this.timeouts = settings.timeouts
    this.via = options.via
    this.socksUsers = options.snapshot.secrets?.socksUsers
    this.shortage = options.shortage ?? none
    this.#gate = options.gate
    this.#refusalMessage = settings.refusalMessage
    this.#name = options.name ?? 'proxy'
    this.#idPrefix = `${options.snapshot.generation.toString(36)}-${process.pid.toString(36)}-`
  }

  get load(): { callers: number; requests: number; tunnels: number } {
    let requests = 0
    for (const caller of this.#callers) if (caller.busy) requests += 1
    return { callers: this.#callers.size, requests, tunnels: this.#tunnels.size }
  }

  /** Takes a new caller. */
  accept(handle: TcpHandle): void {
    this.#take((reader) => Wire.overHandle(handle, reader))
  }

  /** Takes one handed over together with the bytes already read of its next request: only that may be refused. */
  takeOver(handle: TcpHandle, early: Buffer | undefined): void {
    this.#take((reader) => Wire.overHandle(handle, reader), { early })
  }

  /** Takes a caller that speaks TLS with us, and whom we know by it. */
  acceptSecure(socket: Socket, known: KnownCaller): void {
    const taken = this.#take((reader) => Wire.overSocket(socket, reader))
    this.#known.set(taken, known)
    // Who has no leave yet is not waited for as the proxy waits for its own: the first request is due now.
    taken.deadline = this.deadlines.after(this.timeouts.headMs)
  }

  #take(wireFor: ConstructorParameters<typeof Caller>[1], handedOver?: { early: Buffer | undefined }): Caller {
    const caller = new Caller(this, wireFor)
    this.#callers.add(caller)
    const fault = this.#overLimit ?? (handedOver === undefined ? this.shortage() : undefined)
    // Before its early bytes are looked at: they may hold a whole request, which must not begin here any more.
    if (fault !== undefined) caller.refuse(fault)
    else {
      if (handedOver?.early !== undefined) caller.bytes(handedOver.early)
      if (this.#retired) caller.retire(this.#give)
    }
    return caller
  }

  /** Takes a new caller that speaks SOCKS5. */
  acceptSocks(handle: TcpHandle): void {
    const caller = new SocksCaller(this, handle)
    this.#callers.add(caller)
    const fault = this.#overLimit ?? this.shortage()
    if (fault !== undefined) caller.refuse(fault)
  }

  get #overLimit(): SidecarError | undefined {
    return this.#callers.size > this.limits.callers ? atLimit('limits.callers') : undefined
  }

  /** Gives idle callers away at once and the others when their answer is complete; without `give` they are closed. */
  retire(give: Give | undefined): void {
    this.#retired = true
    this.#give = give
    for (const caller of this.#callers) caller.retire(give)
    this.#tellWhenEmpty()
  }

  /** Cuts everything that is left; tells how many callers that were. */
  cut(): number {
    const left = this.#callers.size
    // Whoever cuts knows that it is empty now; told so in between, it would go by a count that is not final.
    this.emptied = () => {}
    for (const tunnel of this.#tunnels.keys()) tunnel.cut()
    for (const caller of this.#callers) caller.cut()
    return left
  }

  /**
   * Ends every tunnel and request whose backend would be refused now, and every caller of which `faultOf` says why it is
   * not let in any more; tells how many those were.
   */
  reweigh(
    { version }: Snapshot,
    holds: Holds,
    faultOf: (known: KnownCaller) => SidecarError | undefined = none,
  ): number {
    this.#holds = holds
    const tunnelOf = new Map<CallerConnection, Tunnel>(
      [...this.#tunnels].map(([tunnel, { caller }]) => [caller, tunnel]),
    )
    let left = 0
    for (const caller of [...this.#callers]) {
      const known = this.#known.get(caller)
      const fault = known && faultOf(known)
      if (fault === undefined) continue
      this.#turnOut(caller, tunnelOf.get(caller), fault)
      left += 1
    }
    const tunnels = [...this.#tunnels].filter(([, { held }]) => !holds(held))
    for (const [tunnel] of tunnels) tunnel.cut('refused')
    const callers = [...this.#callers].filter(({ held }) => held !== undefined && !holds(held))
    for (const caller of callers) caller.cut(refusedBy(version, caller.held))
    return left + tunnels.length + callers.length
  }

  /** Ends a caller in whatever it does; the one line of its tunnel or request says why, or a line of its own. */
  #turnOut(caller: EntranceCaller, tunnel: Tunnel | undefined, why: SidecarError): void {
    if (tunnel !== undefined) return tunnel.cut('refused', why)
    if (!caller.busy) {
      const record = this.newRecord(caller)
      record.calledAs(this.#known.get(caller) ?? nobody, [])
      record.fail(why)
      this.finished(record)
    }
    caller.cut(why)
  }

  newRecord({ wire }: CallerConnection): RequestRecord {
    this.#requests += 1
    const { version, generation } = this.#snapshot
    const { remoteAddress, remotePort } = wire.socket
    const requestId = this.#idPrefix + this.#requests.toString(36)
    const record = new RequestRecord({
      requestId,
      entrance: this.#name,
      caller: remoteAddress ?? '',
      callerPort: remotePort ?? 0,
      version,
      generation,
      refusalMessage: this.#refusalMessage,
    })
    record.isTerse = this.#gate !== undefined
    return record
  }

  workFor(caller: CallerConnection, head: RequestHead, record: RequestRecord): Work {
    this.#refuseWhenShort()
    if (head.hasVia && hasViaPseudonym(head, this.via)) {
      throw new SidecarError('CALLER_LOOP', 'the request has been through this proxy before')
    }
    if (this.#gate !== undefined) return this.#gated(this.#gate, head, { caller, record })
    if (head.method === 'CONNECT') {
      return this.#tunnel(caller, parseAuthority(head.target), { record, voice: httpVoice })
    }
    const left = forwardsLeft(head)
    if (left === 0) return new OwnAnswer(this, caller, { record, text: lastHopAnswer(head, this.via) })
    const route = this.routes.find(head.target)
    const kind = head.upgrade !== undefined ? 'upgrade' : route.pool === undefined ? 'plain' : 'originate'
    record.decided(route.decision, kind, route.scheme)
    return new Exchange(this, { caller, route, head, record })
  }

  tunnelFor(caller: CallerConnection, { host, port, ...how }: TunnelWish): Work {
    this.#refuseWhenShort()
    return this.#tunnel(caller, parseDestination(host, port), how)
  }

  #refuseWhenShort(): void {
    const shortage = this.shortage()
    if (shortage !== undefined) throw shortage
  }

  #gated(gate: ConnectGate, head: RequestHead, asked: { caller: CallerConnection; record: RequestRecord }): Work {
    const { caller, record } = asked
    const known = this.#known.get(caller) ?? nobody
    const open = ({ to, innerNames }: Leave, names: readonly string[]): Work => {
      return this.#tunnel(caller, parseAuthority(to), { record, voice: httpVoice, innerNames, names })
    }
    const leave = gate.admit(head)
    const settled = (passage: Passage) => gate.settled(passage)
    return new GatedConnect({ caller, record, leave, known, open, settled, finished: (done) => this.finished(done) })
  }

  openTunnel({ caller, backend, held, record, ahead, closed }: TunnelRequest): void {
    const over = (end: TunnelEnd, error: Error | undefined): void => {
      this.#tunnels.delete(tunnel)
      if (end !== 'complete') record.cutShort(end, error)
      closed?.()
      this.finished(record)
      this.left(caller)
    }
    const tunnel = new Tunnel({
      caller: caller.wire,
      backend: backend.wire,
      idleMs: this.timeouts.idleMs,
      deadlines: this.deadlines,
      closed: over,
    })
    this.#tunnels.set(tunnel, { held, caller })
    // A tunnel that was being opened when the version changed is weighed as those that were open.
    if (this.#holds?.(held) === false) return tunnel.cut('refused')
    if (ahead.length > 0 && !backend.wire.write(ahead)) caller.wire.pause()
  }

  finished(record: RequestRecord): void {
    this.#finished(record.close())
  }

  left(caller: CallerConnection): void {
    this.deadlines.unwatch(caller as EntranceCaller)
    this.#callers.delete(caller as EntranceCaller)
    this.#tellWhenEmpty()
  }

  #tunnel(caller: CallerConnection, to: Destination, how: Omit<ConnectRequest, 'caller' | 'decision'>): Work {
    const { record, names } = how
    const decision = this.routes.tunnel(to, names)
    record.decided(decision, 'connect', '')
    if (this.#tunnels.size >= this.limits.tunnels) throw atLimit('limits.tunnels')
    return new Connect(this, { caller, decision, ...how })
  }

  #tellWhenEmpty(): void {
    if (this.#retired && this.#callers.size === 0) this.emptied()
  }
}

const nobody: KnownCaller = { protocol: '', names: [], warning: '' }

function none(): undefined {}

function refusedBy(version: number, held: OpenConnection | undefined): SidecarError {
  const message = `version ${version} refuses ${held?.destination.authority}, and ends what is open to it`
  return new SidecarError('POLICY_VERDICT_REFUSED', message)
}

function atLimit(name: string): SidecarError {
  return new SidecarError('INTERNAL_AT_LIMIT', `${name} is reached`)
}
