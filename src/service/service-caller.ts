/**
 * One caller of a service, from accept to tunnel. Until a backend has passed its verdict nothing of the caller goes
 * anywhere: what it sends early is held, no more than one read of it, and then it is no longer read from. A refusal
 * closes with a reset: mostly there is no protocol here to say it in, and a clean end would look like an answer.
 */
import type net from 'node:net'
import { brokenOff } from '../backend/dial/network-errors.ts'
import type { OpenedConnection } from '../backend/dial/open-connection.ts'
import type { OpenConnection } from '../backend/judge/reweigh.ts'
import { asSidecarError, SidecarError } from '../errors.ts'
import type { IncomingTls } from '../incoming/incoming-tls.ts'
import type { CallerIdentity } from '../incoming/judge-caller.ts'
import type { ServiceWebSocket } from '../settings/service.ts'
import { Tunnel } from '../tunnel/tunnel.ts'
import type { Watched } from '../wire/deadlines.ts'
import type { TcpHandle } from '../wire/raw-handle.ts'
import { Wire, type WireReader } from '../wire/wire.ts'
import { type CallerEnds, endsOf } from './caller-ends.ts'
import { MysqlLogin } from './mysql/mysql-login.ts'
import { watchGoodbye } from './mysql/watch-goodbye.ts'
import { isAllowedPeer } from './proxy-peers.ts'
import { readProxyHeader } from './read-proxy-header.ts'
import type { KnownIdentity, ServiceContext } from './service-context.ts'
import type { ServiceRecord } from './service-record.ts'
import { readUpgrade, type UpgradeRequest } from './web-socket/read-upgrade.ts'
import { upgradeReply } from './web-socket/upgrade-reply.ts'
import type { WebSocketDoor } from './web-socket/web-socket-door.ts'

/** A sender writes its header at once; the specification asks to wait for at least three seconds. */
const HEADER_MS = 5000
const NOTHING = Buffer.alloc(0)

export class ServiceCaller implements WireReader, Watched {
  deadline = 0
  /** The plain socket until TLS stands on it. */
  wire: Wire
  /** Who it is, once that is settled. */
  known: KnownIdentity | undefined
  readonly #service: ServiceContext
  readonly #record: ServiceRecord
  #held: Buffer = NOTHING
  #awaitsHeader = false
  /** Set while a WebSocket is being asked for: until it stands, refusals are told in HTTP. */
  #upgrade: Upgrade | undefined
  /** Where callers speak MySQL, which has to be told about a TLS that they do not see. */
  #login: MysqlLogin | undefined
  #isOver = false
  #tunnel: Tunnel | undefined
  #backend: OpenConnection | undefined

  constructor(service: ServiceContext, handle: TcpHandle) {
    this.#service = service
    this.#record = service.newRecord()
    const isGivenOn = service.incoming !== undefined || service.webSockets !== undefined
    this.wire = isGivenOn ? Wire.overStream(handle, this) : Wire.overHandle(handle, this)
  }

  get isTunnel(): boolean {
    return this.#tunnel !== undefined
  }

  /** What its tunnel goes to, once there is one. */
  get backend(): OpenConnection | undefined {
    return this.#backend
  }

  /** Begins; not done by the constructor, because it may end at once. */
  start(): void {
    const ends = endsOf(this.wire)
    if (ends !== undefined) this.#record.calledBy(ends.source.address, ends.source.port)
    const { proxyProtocol } = this.#service.service
    if (proxyProtocol.in === undefined) return void this.#begin(ends)
    if (!isAllowedPeer(ends, proxyProtocol.from)) {
      return this.refuse(badHeader(`${ends?.source.address ?? 'a socket file'} is no peer that may call this service`))
    }
    this.#awaitsHeader = true
    this.deadline = performance.now() + HEADER_MS
    this.#service.deadlines.watch(this)
  }

  refuse(error: SidecarError): void {
    if (!this.#finish(error)) return
    const words = this.#upgrade === undefined ? this.#login?.errorFor(error) : upgradeReply(error)
    if (words === undefined) return this.wire.reset()
    this.wire.write(words)
    this.wire.finish()
  }

  /** Ends it at the drain deadline, or because it would not be let through any more. */
  cut(end: 'cut' | 'refused' = 'cut', why?: SidecarError): void {
    if (this.#tunnel !== undefined) return this.#tunnel.cut(end, why)
    this.refuse(why ?? drained())
  }

  expired(): void {
    if (this.#awaitsHeader) return this.refuse(badHeader('no PROXY header came in time'))
    if (this.#upgrade !== undefined) return this.refuse(badUpgrade(408, 'no whole WebSocket request came in time'))
    this.refuse(new SidecarError('CALLER_TLS_FAILED', 'the TLS handshake with the caller took too long'))
  }

  // --- what the caller does before there is a tunnel ---

  bytes(chunk: Buffer): void {
    if (this.#isOver) return
    this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk])
    if (this.#awaitsHeader) this.#readHeader()
    else if (this.#upgrade !== undefined && !this.#upgrade.isRead) this.#readUpgrade(this.#upgrade)
    else this.wire.pause()
  }

  ended(): void {
    if (this.#awaitsHeader) this.refuse(badHeader('the caller ended before its PROXY header was complete'))
    else if (this.#upgrade !== undefined) this.refuse(badUpgrade(400, 'the caller ended before its WebSocket stood'))
  }

  drained(): void {}

  closed(error: Error | undefined): void {
    this.#finish(new SidecarError('CALLER_LEFT', 'the caller left before its tunnel was open', { cause: error }))
  }

  // --- the steps ---

  #readHeader(): void {
    const read = readProxyHeader(this.#held, this.#service.service.proxyProtocol.in ?? 'either')
    if (read.kind === 'more') return
    if (read.kind === 'bad') return this.refuse(badHeader(read.what))
    this.#awaitsHeader = false
    this.#unwatch()
    this.#held = this.#held.subarray(read.length)
    // The sender speaks for itself (a health check): it is the caller then.
    const ends = read.ends ?? endsOf(this.wire)
    if (ends !== undefined) this.#record.calledBy(ends.source.address, ends.source.port)
    if (this.#held.length > 0) this.wire.pause()
    void this.#begin(ends)
  }

  async #begin(ends: CallerEnds): Promise<void> {
    try {
      const { incoming } = this.#service
      const identity = incoming === undefined ? undefined : await this.#secure(incoming)
      if (this.#isOver) return
      // A change that came while it shook hands is not to miss it.
      const fault = this.#service.faultOf({ identity })
      if (fault !== undefined) throw fault
      this.known = { identity }
      const names = identity?.names
      const request = this.#service.webSockets && (await this.#awaitUpgrade())
      const door = await this.#service.webSockets
      if (this.#isOver) return
      const login = this.#newLogin()
      const ask = login && ((greeting: Buffer) => login.ask(this.wire, this.#takeHeld(), greeting))
      const isWanted = () => !this.#isOver && login?.isTold !== true
      const opened = await this.#service.open(this.#record, { ends, names, ask }, isWanted)
      if (this.#isOver) return opened.backend.wire.destroy()
      if (opened.backend.wire.destroyed) throw gone(opened)
      if (request !== undefined && door !== undefined) this.#upgradeTo(door, request, opened)
      this.#record.reached(opened)
      if (login?.isTold) login.carry(this.wire, opened, () => this.#join(opened, names))
      else this.#join(opened, names)
    } catch (thrown) {
      this.refuse(asSidecarError(thrown))
    }
  }

  /** Puts TLS on the wire; gives who the caller is, where it showed a certificate. */
  async #secure(incoming: IncomingTls): Promise<CallerIdentity | undefined> {
    this.deadline = performance.now() + this.#service.service.timeouts.handshakeMs
    this.#service.deadlines.watch(this)
    const secured = await incoming.accept(this.wire.detach(this.#takeHeld()))
    if (this.#isOver) {
      secured.socket.destroy()
      return undefined
    }
    this.#unwatch()
    this.#record.calledAs(secured)
    this.wire = new Wire(this)
    this.wire.attachStream(secured.socket)
    return secured.identity
  }

  /** Resolves with the request, once it has come and is one that is taken. */
  #awaitUpgrade(): Promise<UpgradeRequest> {
    const upgrade: Upgrade = { isRead: false, ...Promise.withResolvers<UpgradeRequest>() }
    this.#upgrade = upgrade
    this.deadline = performance.now() + this.#service.service.timeouts.handshakeMs
    this.#service.deadlines.watch(this)
    if (this.#held.length > 0) this.#readUpgrade(upgrade)
    this.wire.resume()
    return upgrade.promise
  }

  #readUpgrade(upgrade: Upgrade): void {
    const read = readUpgrade(this.#held, this.#service.service.webSocket as ServiceWebSocket)
    if (read.kind === 'more') return
    if (read.kind === 'bad') return this.refuse(badUpgrade(read.status, read.what))
    this.#unwatch()
    this.#held = this.#held.subarray(read.length)
    upgrade.isRead = true
    upgrade.resolve(read.request)
  }

  /** Answers the request now that there is a backend; from here on the wire carries what is inside of messages. */
  #upgradeTo(door: WebSocketDoor, request: UpgradeRequest, { backend }: OpenedConnection): void {
    const ahead = this.#takeHeld()
    this.#upgrade = undefined
    const socket = this.wire.detach(NOTHING)
    const wire = new Wire(this)
    try {
      wire.attachStream(door.open(request, socket, ahead) as unknown as net.Socket)
    } catch (thrown) {
      backend.wire.destroy()
      throw thrown
    }
    this.wire = wire
  }

  /** From here on a MySQL caller is told in its own words what goes wrong. */
  #newLogin(): MysqlLogin | undefined {
    const { service, deadlines } = this.#service
    if (service.starttls !== 'mysql') return undefined
    const failed = (error: SidecarError) => this.refuse(error)
    this.#login = new MysqlLogin({ deadlines, loginMs: service.timeouts.handshakeMs, failed })
    return this.#login
  }

  #join(opened: OpenedConnection, names: readonly string[] | undefined): void {
    const backend = opened.backend.wire
    // Before the tunnel is there, because an end that has come already makes it close the direction at once.
    const early = opened.takeEarly()
    if (early.length > 0) this.wire.write(early)
    const held = this.#takeHeld()
    if (held.length > 0) backend.write(held)
    let saidGoodbye = () => false
    this.#tunnel = new Tunnel({
      caller: this.wire,
      backend,
      idleMs: this.#service.service.timeouts.idleMs,
      deadlines: this.#service.deadlines,
      closed: (end, error) => {
        this.#record.ended(end === 'backend-closed' && saidGoodbye() ? 'complete' : end, error)
        this.#finish(undefined)
      },
    })
    if (this.#login !== undefined) saidGoodbye = watchGoodbye(this.wire)
    this.#backend = names === undefined ? opened.backend : { ...opened.backend, caller: names }
    if (this.#service.isRefused(this.#backend)) return this.#tunnel.cut('refused')
    if (backend.congested) this.wire.pause()
    if (this.wire.congested) backend.pause()
  }

  #takeHeld(): Buffer {
    const held = this.#held
    this.#held = NOTHING
    return held
  }

  /** Writes the record, once; tells whether this call was the one. */
  #finish(error: SidecarError | undefined): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#login?.end()
    this.#unwatch()
    if (error !== undefined) this.#record.fail(error)
    this.#service.finished(this, this.#record)
    return true
  }

  #unwatch(): void {
    this.deadline = 0
    this.#service.deadlines.unwatch(this)
  }
}

/** A WebSocket that is being asked for. */
interface Upgrade {
  isRead: boolean
  readonly resolve: (request: UpgradeRequest) => void
  readonly promise: Promise<UpgradeRequest>
}

/** The backend ended when all had been judged, and nobody was there to hear it yet. */
function gone({ backend: { wire, destination } }: OpenedConnection): SidecarError {
  if (wire.error instanceof SidecarError) return wire.error
  return brokenOff(`backend ${destination.authority}`, 'before the tunnel was open', wire.error)
}

function drained(): SidecarError {
  return new SidecarError('INTERNAL_DRAINING', 'the drain deadline cut the caller before its tunnel was open')
}

function badUpgrade(status: number, what: string): SidecarError {
  return new SidecarError('CALLER_BAD_UPGRADE', what, { details: { status } })
}

function badHeader(what: string): SidecarError {
  return new SidecarError('CALLER_BAD_PROXY_HEADER', what)
}
