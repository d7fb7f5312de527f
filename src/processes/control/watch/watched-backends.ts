/**
 * Who is looked after by itself, and how often. The closest word holds: the switch of the backend, then its rule, then what
 * the policy says for all. What only traffic has met is looked after as well where the policy says so, within bounds: callers
 * choose those.
 */
import type { AllowedDecision } from '../../../policy/allowed-or-throw.ts'
import { decide } from '../../../policy/decide.ts'
import { parseAuthority } from '../../../policy/parse-destination.ts'
import type { Policy } from '../../../policy/policy.ts'
import { isSecure } from '../../../settings/service.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import { rehearsalList } from '../trials/rehearsal-list.ts'
import type { CheckWish } from './check-backend.ts'

/** One backend that is looked after. */
export interface Watched extends CheckWish {
  readonly everyMs: number
  /** A rule, a service or another entry of the configuration names it; otherwise it is known from traffic alone. */
  readonly isNamed: boolean
}

/** Lists by authority who is checked under a snapshot: those who speak TLS and are not left alone. */
export function watchedBackends(
  { policy, settings }: Snapshot,
  seen: () => readonly string[],
): ReadonlyMap<string, Watched> {
  if (!isAnybodyWatched(policy)) return new Map()
  const services = settings.services.map(({ connect, ...service }) => ({
    ...service,
    connect: connect.filter(({ scheme }) => isSecure(scheme)),
  }))
  const known = rehearsalList({ policies: [policy], services, seen: policy.healthChecks.seen ? seen() : [] })
  const introduced = new Set(
    services
      .filter(({ proxyProtocol }) => proxyProtocol.out !== undefined)
      .flatMap(({ connect }) => connect.map(({ authority }) => authority)),
  )
  const switches = new Map(policy.healthChecks.backends.map(({ authority, enabled }) => [authority, enabled]))
  return new Map(
    known.flatMap(({ authority, configured, starttls }) => {
      const decision = decide(policy, parseAuthority(authority))
      // Whoever wants to be told of a caller first (PROXY protocol) takes no handshake that has none.
      if (!decision.allowed || decision.rule.plaintext || introduced.has(authority)) return []
      const everyMs = intervalFor(policy, decision, switches.get(authority))
      return everyMs === undefined ? [] : [[authority, { decision, everyMs, starttls, isNamed: configured }] as const]
    }),
  )
}

function intervalFor(
  { healthChecks }: Policy,
  { rule }: AllowedDecision,
  own: boolean | undefined,
): number | undefined {
  const isOn = own ?? rule.healthCheck !== undefined
  return isOn ? (rule.healthCheck?.everyMs ?? healthChecks.everyMs) : undefined
}

/** Spares the look at everything known where nothing is switched on, which is the default. */
function isAnybodyWatched({ rules, unlisted, healthChecks }: Policy): boolean {
  return (
    [...rules, unlisted].some(({ healthCheck }) => healthCheck !== undefined) ||
    healthChecks.backends.some(({ enabled }) => enabled)
  )
}
