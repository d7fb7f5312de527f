import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import type { Destination } from './destination.ts'
import { matchesHost } from './match-host.ts'
import { parseAuthority, parseDestination } from './parse-destination.ts'
import type { Policy, Rule } from './policy.ts'

/** Decides on a destination as a person names it: a host, host:port, or a URL lifted to TLS as the proxy would. */
export function decideOn(policy: Policy, text: string): Decision {
  const [, scheme, authority = text] = /^(https?):\/\/([^/?#]*)/i.exec(text) ?? []
  if (scheme?.toLowerCase() !== 'http') return decide(policy, parseAuthority(authority, TLS_PORT))
  const asked = parseAuthority(authority, HTTP_PORT)
  const asAsked = decide(policy, asked)
  if (asked.port !== HTTP_PORT || asAsked.rule.plaintext) return asAsked
  const lifted = decide(policy, parseDestination(asked.host, TLS_PORT))
  const { tlsPort } = lifted.rule
  return tlsPort === TLS_PORT ? lifted : { ...lifted, destination: parseDestination(asked.host, tlsPort) }
}

/** One rule that came first and did not match. */
export interface PassedOver {
  readonly rule: string
  readonly why: string
}

/** Says why each rule before the one that holds did not match. */
export function passedOver({ rules }: Policy, { rule, destination }: Decision): PassedOver[] {
  const before = rule.index === -1 ? rules : rules.slice(0, rule.index)
  return before.map((each) => ({ rule: each.name, why: whyPassedOver(each, destination) }))
}

function whyPassedOver({ match, callers }: Rule, destination: Destination): string {
  if (callers !== undefined && match.some((pattern) => matchesHost(pattern, destination))) {
    return `is only for callers named ${callers.join(', ')}`
  }
  const otherPorts = match.filter((pattern) => matchesHost({ ...pattern, port: destination.port }, destination))
  const texts = (otherPorts.length > 0 ? otherPorts : match).map(({ text }) => text).join(', ')
  return otherPorts.length > 0 ? `names another port: ${texts}` : `names ${texts}`
}

const TLS_PORT = 443
const HTTP_PORT = 80
