/**
 * From what a request names to where it goes: the decision, its pool and the Host field, made once for each origin
 * that callers ask for and kept for the life of the snapshot, so that a request costs one map lookup.
 */
import type { Backends } from '../backend/backends.ts'
import type { Pool } from '../backend/pool.ts'
import { type AllowedDecision, allowedOrThrow } from '../policy/allowed-or-throw.ts'
import { decide } from '../policy/decide.ts'
import type { Destination } from '../policy/destination.ts'
import { parseAuthority, parseDestination } from '../policy/parse-destination.ts'
import type { Policy } from '../policy/policy.ts'
import { isUnderOrigin, originLength, parseAbsoluteTarget } from './target.ts'

export interface Route {
  readonly decision: AllowedDecision
  /** Undefined where the rule lets plain text out to this destination. */
  readonly pool: Pool | undefined
  /** The Host field for the backend: the target's authority, never what the caller wrote there (RFC 9112 §3.2.2). */
  readonly hostField: string
  readonly scheme: 'http' | 'https'
  /** How long the origin is: the rest of a target with this origin is its path. */
  readonly originLength: number
}

const ROUTES_MAX = 4096

export class Routes {
  readonly #policy: Policy
  readonly #backends: Backends
  readonly #byOrigin = new Map<string, Route>()
  #lastOrigin = ''
  #last: Route | undefined

  constructor(policy: Policy, backends: Backends) {
    this.#policy = policy
    this.#backends = backends
  }

  /** The route of an absolute-form target; throws CALLER_BAD_TARGET, POLICY_UNLISTED or POLICY_RULE_DENIES. */
  find(target: string): Route {
    // Most requests go where the one before went, and to look an origin up costs more than to compare it.
    if (this.#last !== undefined && isUnderOrigin(target, this.#lastOrigin)) return this.#last
    const length = originLength(target)
    const origin = target.slice(0, length)
    const route = (length === -1 ? undefined : this.#byOrigin.get(origin)) ?? this.#make(target)
    this.#lastOrigin = origin
    this.#last = route
    return route
  }

  /** The decision on where a tunnel is to lead; throws as `find` does. */
  tunnel(to: Destination, caller?: readonly string[]): AllowedDecision {
    return allowedOrThrow(decide(this.#policy, to, caller))
  }

  #make(target: string): Route {
    const { origin, scheme, authority } = parseAbsoluteTarget(target)
    const { decision, plain, hostField } = this.#resolve(scheme, authority)
    const pool = plain ? undefined : this.#backends.poolFor(decision)
    const route: Route = { decision, pool, hostField, scheme, originLength: origin.length }
    // The oldest goes when it is full; a busy one comes back at the price of one decision.
    if (this.#byOrigin.size >= ROUTES_MAX) this.#byOrigin.delete(this.#byOrigin.keys().next().value as string)
    this.#byOrigin.set(origin, route)
    return route
  }

  #resolve(scheme: 'http' | 'https', authority: string) {
    const defaultPort = scheme === 'https' ? 443 : 80
    const asked = parseAuthority(authority, defaultPort)
    const isDefault = asked.port === defaultPort
    const hostField = isDefault ? asked.authority.slice(0, asked.authority.lastIndexOf(':')) : asked.authority
    if (scheme === 'https') return { decision: allowedOrThrow(decide(this.#policy, asked)), plain: false, hostField }
    const asAsked = decide(this.#policy, asked)
    if (asAsked.rule.plaintext || !isDefault) {
      return { decision: allowedOrThrow(asAsked), plain: asAsked.rule.plaintext, hostField }
    }
    return { decision: this.#lift(asked.host), plain: false, hostField }
  }

  /** http:// without a port, or with 80, goes to TLS on 443, or on the port that the rule for it names. */
  #lift(host: string): AllowedDecision {
    const decision = allowedOrThrow(decide(this.#policy, parseDestination(host, 443)))
    const { tlsPort } = decision.rule
    return tlsPort === 443 ? decision : { ...decision, destination: parseDestination(host, tlsPort) }
  }
}
