/** What a policy holds for one destination, as a record for machines and sentences for people: `vedette explain`. */
import type { Decision } from '../decision.ts'
import { matchesHost } from '../match-host.ts'
import { nameToVerify, serverNameFor } from '../names.ts'
import { isOver } from '../over.ts'
import type { FindingName, Policy, Rule } from '../policy.ts'
import { describeOffer, type OfferDescription } from './describe-offer.ts'
import { describeTrust } from './describe-trust.ts'
import { type EffectiveHello, effectiveHello, type HandshakeUse } from './effective-hello.ts'
import { describeOver, type Forgiven, forgivenBy } from './forgiven-by.ts'
import { refusedFor } from './refused-for.ts'

/** A rule, effective for one destination, as `vedette explain` and the page show it. */
export interface RuleDescription {
  readonly destination: string
  readonly allowed: boolean
  readonly reason: Decision['reason']
  readonly rule: string
  /** The entry of `match` that took the destination; undefined where no rule names it. */
  readonly matchedBy: string | undefined
  readonly strict: boolean
  readonly grade: Rule['grade']
  readonly enforcement: Rule['enforcement']
  readonly trustStores: readonly string[]
  /** Empty when none is sent. */
  readonly serverName: string
  readonly nameToVerify: string
  readonly pins: Rule['pins']
  readonly revocation: Rule['revocation']
  readonly clientCertificate: string | undefined
  readonly plaintext: boolean
  readonly tunnels: Rule['tunnels']
  readonly tlsPort: number
  readonly fixUps: boolean
  /** What becomes of a backend that does not offer STARTTLS to a service. */
  readonly starttls: Rule['starttls']
  /** The upstream proxy; left out where we dial the backend ourselves. */
  readonly via?: string
  /** The findings of which each alone refuses the backend; empty where nothing does. */
  readonly refusedFor: readonly FindingName[]
  readonly forgives: readonly Forgiven[]
  /** Exceptions that forgave once and no longer do. */
  readonly over: readonly Omit<Forgiven, 'by'>[]
  readonly offer: OfferDescription
  /** What leaves, field by field, for each use of a handshake. */
  readonly clientHello: Readonly<Record<HandshakeUse, EffectiveHello>>
  readonly sentences: readonly string[]
}

/** Describes what a decision means for the connection that would follow. */
export function describeRule(
  decision: Decision,
  { exceptions, nowMs }: { readonly exceptions: Policy['exceptions']; readonly nowMs: number },
): RuleDescription {
  const { rule, destination, allowed, reason } = decision
  const records = exceptions.filter(({ host, port }) => host === destination.host && port === destination.port)
  const forgives = forgivenBy(
    rule,
    records.filter((record) => !isOver(record, nowMs)),
  )
  const offer = describeOffer(rule.tls)
  const description = {
    destination: destination.authority,
    allowed,
    reason,
    rule: rule.name,
    matchedBy: rule.match.find((pattern) => matchesHost(pattern, destination))?.text,
    strict: rule.strict,
    grade: rule.grade,
    enforcement: rule.enforcement,
    trustStores: rule.trustStores,
    serverName: serverNameFor(rule, destination),
    nameToVerify: nameToVerify(rule, destination),
    pins: rule.pins,
    revocation: rule.revocation,
    clientCertificate: rule.clientCertificate,
    plaintext: rule.plaintext,
    tunnels: rule.tunnels,
    tlsPort: rule.tlsPort,
    fixUps: rule.fixUps,
    starttls: rule.starttls,
    ...(rule.via === undefined ? {} : { via: `${rule.via.scheme}://${rule.via.to.authority}` }),
    refusedFor: refusedFor(rule, { exceptions, destination, nowMs }),
    forgives,
    over: records.filter((record) => isOver(record, nowMs)).map(describeOver),
    offer,
    clientHello: {
      originate: effectiveHello(rule, destination, 'originate'),
      verify: effectiveHello(rule, destination, 'verify'),
    },
  }
  const after = allowed ? [...describeTrust(description), ...handshakeSentences(description)] : []
  return { ...description, sentences: [decisionSentence(description), ...after] }
}

type Described = Omit<RuleDescription, 'sentences'>

function decisionSentence({ destination, reason, rule, matchedBy }: Described): string {
  switch (reason) {
    case 'rule':
      return `${destination} is allowed by the rule ${rule} (${matchedBy}).`
    case 'rule-denies':
      return `${destination} is denied by the rule ${rule} (${matchedBy}).`
    case 'unlisted-allowed':
      return `No rule names ${destination}; the policy allows what no rule names.`
    case 'unlisted-denied':
      return `No rule names ${destination}; the policy denies what no rule names.`
  }
}

function handshakeSentences(described: Described): string[] {
  const { serverName, clientCertificate, plaintext, tunnels, tlsPort, fixUps, starttls, via, offer } = described
  return [
    serverName === '' ? 'No server name (SNI) is sent.' : `The server name (SNI) ${serverName} is sent.`,
    ...offer.sentences,
    ...(clientCertificate === undefined ? [] : [`The key pair ${clientCertificate} is shown when the backend asks.`]),
    ...(via === undefined
      ? []
      : [`It is reached through ${via}, which resolves its name: only addresses are judged here.`]),
    plaintext
      ? 'Plain text may leave: http:// is not lifted to TLS.'
      : `http:// without a port is lifted to ${tlsPort}.`,
    ...(starttls === 'may' ? ['A service goes on in plain text when the backend does not offer STARTTLS.'] : []),
    ...(plaintext || tunnels === 'inspect' ? [] : [tunnelSentences[tunnels]]),
    ...(fixUps ? ['Location, cookies and HSTS are rewritten for a plain-HTTP caller.'] : []),
  ]
}

const tunnelSentences = {
  'verify-only': 'In a tunnel the backend is verified by a handshake of ours; the one of the caller is not read.',
  blind: 'A tunnel is not looked into, and its backend is not verified.',
} as const
