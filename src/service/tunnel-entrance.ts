/**
 * One entrance with TLS, many hosts: callers bring a token with their CONNECT, and their own TLS goes through the tunnel
 * end to end. The handshake with us comes first; from then on it is the proxy's own work with a gate in front.
 */
import type { Backends } from '../backend/backends.ts'
import type { RevocationKnowledge } from '../backend/judge/find-revocation.ts'
import type { Holds } from '../backend/judge/reweigh.ts'
import { asSidecarError, SidecarError } from '../errors.ts'
import { IncomingTls, type SecureCaller } from '../incoming/incoming-tls.ts'
import type { CallerIdentity } from '../incoming/judge-caller.ts'
import type { CallerFault } from '../incoming/reweigh-callers.ts'
import type { AccessRecord } from '../observe/access-record.ts'
import type { Shortage } from '../proxy/entrance-context.ts'
import type { KnownCaller } from '../proxy/known-caller.ts'
import { ProxyEntrance } from '../proxy/proxy-entrance.ts'
import type { Service, ServiceTls, ServiceTokens } from '../settings/service.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import type { TokenUse } from '../token/token-use.ts'
import type { Deadlines, Watched } from '../wire/deadlines.ts'
import { resetSocket, socketOf, type TcpHandle } from '../wire/raw-handle.ts'
import { ServiceRecord } from './service-record.ts'
import { TokenGate } from './token-gate.ts'

/** A service that takes tokens. */
export type TunnelService = Service & { readonly tls: ServiceTls; readonly tokens: ServiceTokens }

export interface TunnelEntranceOptions {
  readonly service: TunnelService
  readonly snapshot: Snapshot
  readonly deadlines: Deadlines
  readonly backends: Backends
  readonly finished: (record: AccessRecord) => void
  readonly revocation?: RevocationKnowledge | undefined
  readonly shortage?: Shortage | undefined
  /** Told of every token that is brought, and of callers without one. */
  readonly tokenUsed: (use: TokenUse) => void
}

export class TunnelEntrance {
  /** Called when the last caller has left after `retire`. */
  emptied: () => void = () => {}
  readonly #options: TunnelEntranceOptions
  readonly #incoming: IncomingTls
  readonly #proxy: ProxyEntrance
  readonly #shaking = new Set<Shaking>()
  readonly #identities = new WeakMap<KnownCaller, CallerIdentity>()
  /** Set once what is open here has been weighed again: a handshake that was under way is not to miss it. */
  #faultOf: CallerFault | undefined
  #refused = 0
  #isRetired = false

  constructor(options: TunnelEntranceOptions) {
    const { service, snapshot, revocation, tokenUsed: used, ...shared } = options
    this.#options = options
    this.#incoming = new IncomingTls({ service, snapshot, revocation })
    const { tokens, name, limits, timeouts } = service
    const { settings } = snapshot
    const own = {
      ...settings,
      limits: { ...settings.limits, callers: limits.connections, tunnels: limits.connections },
      timeouts: { ...settings.timeouts, ...timeouts },
    }
    const keys = snapshot.tokenKeys?.[tokens.keys] ?? []
    const gate = new TokenGate({ audience: name, keys, state: settings.state, innerNames: tokens.innerNames, used })
    this.#proxy = new ProxyEntrance({ ...shared, snapshot: { ...snapshot, settings: own }, via: '', name, gate })
    this.#proxy.emptied = () => this.#tellWhenEmpty()
  }

  get load(): { callers: number; requests: number; tunnels: number } {
    const { callers, ...rest } = this.#proxy.load
    return { callers: callers + this.#shaking.size, ...rest }
  }

  accept(handle: TcpHandle): void {
    const raw = socketOf(handle)
    // From the first moment: an 'error' that nobody listens to kills the process.
    raw.on('error', () => {})
    const shaking: Shaking = { raw, deadline: 0, expired: () => resetSocket(raw) }
    const { deadlines, service } = this.#options
    this.#shaking.add(shaking)
    shaking.deadline = performance.now() + service.timeouts.handshakeMs
    deadlines.watch(shaking)
    void this.#shake(shaking)
  }

  /** Nobody new will come. A TLS session lives in this process: idle callers are closed, and come again. */
  retire(): void {
    this.#isRetired = true
    for (const { raw } of this.#shaking) raw.destroy()
    this.#proxy.retire(undefined)
    this.#tellWhenEmpty()
  }

  /** Ends every caller that, or whose tunnel's host, would be refused now. */
  reweigh(newer: Snapshot, holds: Holds, faultOf: CallerFault): number {
    this.#faultOf = faultOf
    return this.#proxy.reweigh(newer, holds, (known) => faultOf(this.#identities.get(known)))
  }

  cut(): number {
    const left = this.load.callers
    this.emptied = () => {}
    for (const { raw } of this.#shaking) raw.destroy()
    this.#proxy.cut()
    return left
  }

  async #shake(shaking: Shaking): Promise<void> {
    const { remoteAddress = '', remotePort = 0 } = shaking.raw
    try {
      const { service, shortage } = this.#options
      if (this.load.callers > service.limits.connections) throw atLimit(service)
      const short = shortage?.()
      if (short !== undefined) throw short
      const secured = await this.#incoming.accept(shaking.raw)
      const fault = this.#faultOf?.(secured.identity)
      if (fault !== undefined) throw fault
      const known = knownBy(secured)
      if (secured.identity !== undefined) this.#identities.set(known, secured.identity)
      this.#proxy.acceptSecure(secured.socket, known)
    } catch (thrown) {
      resetSocket(shaking.raw)
      this.#note(asSidecarError(thrown), { address: remoteAddress, port: remotePort })
    } finally {
      this.#options.deadlines.unwatch(shaking)
      this.#shaking.delete(shaking)
      this.#tellWhenEmpty()
    }
  }

  /** One line for a caller that did not get as far as a request. */
  #note(error: SidecarError, { address, port }: { address: string; port: number }): void {
    const { service, snapshot, finished } = this.#options
    const { version, generation } = snapshot
    this.#refused += 1
    const requestId = `${generation.toString(36)}-${process.pid.toString(36)}-${service.name}-tls-${this.#refused.toString(36)}`
    const record = new ServiceRecord({ requestId, entrance: service.name, version, generation })
    record.calledBy(address, port)
    record.fail(error)
    finished(record.close())
  }

  #tellWhenEmpty(): void {
    if (this.#isRetired && this.load.callers === 0) this.emptied()
  }
}

interface Shaking extends Watched {
  readonly raw: ReturnType<typeof socketOf>
}

function knownBy({ protocol, identity, hasOurs }: SecureCaller): KnownCaller {
  const warning = hasOurs ? 'the caller shows the certificate of this service: each needs one of its own' : ''
  return { protocol, names: identity?.names ?? [], warning }
}

function atLimit({ name, limits }: TunnelService): SidecarError {
  return new SidecarError('INTERNAL_AT_LIMIT', `the ${limits.connections} connections of ${name} are taken`)
}
