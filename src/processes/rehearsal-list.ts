import { parseDestination } from '../policy/parse-destination.ts'
import type { Policy } from '../policy/policy.ts'

/** A destination that a rehearsal tries. */
export interface Rehearsed {
  readonly authority: string
  /** A rule, test or exception names it; otherwise it is known from traffic alone. */
  readonly configured: boolean
}

/**
 * Lists what policies name exactly, then what was seen and they do not name, each once. Wildcards name nobody: the
 * backends behind them are known from traffic.
 */
export function rehearsalList(policies: readonly Policy[], seen: readonly string[]): readonly Rehearsed[] {
  const configured = new Set(policies.flatMap(namedBy))
  const others = new Set(seen).difference(configured)
  return [
    ...[...configured].map((authority) => ({ authority, configured: true })),
    ...[...others].map((authority) => ({ authority, configured: false })),
  ]
}

function namedBy({ rules, tests, exceptions }: Policy): string[] {
  const inRules = rules.flatMap(({ match, tlsPort }) =>
    match
      .filter(({ wildcard }) => !wildcard)
      // Without a port a rule holds for all of them; what is lifted to TLS goes to this one.
      .map(({ host, port = tlsPort }) => parseDestination(host, port).authority),
  )
  const inExceptions = exceptions.map(({ host, port }) => parseDestination(host, port).authority)
  return [...inRules, ...tests.map(({ destination }) => destination), ...inExceptions]
}
