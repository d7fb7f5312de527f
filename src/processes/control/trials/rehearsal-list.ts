import { parseDestination } from '../../../policy/parse-destination.ts'
import type { Policy } from '../../../policy/policy.ts'
import type { Service, StarttlsProtocol } from '../../../settings/service.ts'

/** A destination that a rehearsal tries. */
export interface Rehearsed {
  readonly authority: string
  /** A rule, test, exception, switch of health checks or service names it; otherwise it is known from traffic alone. */
  readonly configured: boolean
  /** What TLS is asked for in, as the service that names it does. */
  readonly starttls?: StarttlsProtocol
}

export interface Known {
  readonly policies: readonly Policy[]
  readonly services?: readonly Pick<Service, 'connect' | 'starttls'>[]
  /** Authorities that traffic has met. */
  readonly seen?: readonly string[]
}

/**
 * Lists what policies and services name exactly, then what was seen and they do not name, each once. Wildcards name
 * nobody: the backends behind them are known from traffic. A rule without a port names one that is guessed, and only where its host is
 * known on no other.
 */
export function rehearsalList({ policies, services = [], seen = [] }: Known): readonly Rehearsed[] {
  const served = services.flatMap(({ connect, starttls }) => connect.map(({ authority }) => ({ authority, starttls })))
  const named = [...policies.flatMap(namedBy), ...served.map(({ authority }) => ({ authority, isGuess: false }))]
  const known = new Set([...named.filter(({ isGuess }) => !isGuess).map(({ authority }) => authority), ...seen])
  const hosts = new Set([...known].map(hostOf))
  const isMeant = ({ authority, isGuess }: Named) => !isGuess || known.has(authority) || !hosts.has(hostOf(authority))
  const configured = new Set(named.filter(isMeant).map(({ authority }) => authority))
  const others = new Set(seen).difference(configured)
  return [
    ...[...configured].map((authority) => {
      const starttls = served.find((each) => each.authority === authority)?.starttls
      return { authority, configured: true, ...(starttls === undefined ? {} : { starttls }) }
    }),
    ...[...others].map((authority) => ({ authority, configured: false })),
  ]
}

interface Named {
  readonly authority: string
  /** Nobody has written its port. */
  readonly isGuess: boolean
}

function namedBy({ rules, tests, exceptions, healthChecks }: Policy): Named[] {
  const inRules = rules.flatMap(({ match, tlsPort }) =>
    match
      .filter(({ wildcard }) => !wildcard)
      // Without a port a rule holds for all of them; what is lifted to TLS goes to this one.
      .map(({ host, port }) => ({
        authority: parseDestination(host, port ?? tlsPort).authority,
        isGuess: port === undefined && tlsPort === TLS_PORT,
      })),
  )
  const inExceptions = exceptions.map(({ host, port }) => parseDestination(host, port).authority)
  const switched = healthChecks.backends.map(({ authority }) => authority)
  const certain = [...tests.map(({ destination }) => destination), ...inExceptions, ...switched]
  return [...inRules, ...certain.map((authority) => ({ authority, isGuess: false }))]
}

function hostOf(authority: string): string {
  return authority.slice(0, authority.lastIndexOf(':'))
}

const TLS_PORT = 443
