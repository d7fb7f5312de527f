/** What a policy holds for one destination, as a record for machines and sentences for people: `vedette explain`. */
import type { Decision } from '../decision.ts'
import { matchesHost } from '../match-host.ts'
import { nameToVerify, serverNameFor } from '../names.ts'
import { isOver, lastDayOf } from '../over.ts'
import { type ExceptionRecord, type FindingName, type Policy, type Rule, trustFindings } from '../policy.ts'
import type { Forgiveness } from '../verdict.ts'
import { describeOffer, type OfferDescription } from './describe-offer.ts'
import { describeRevocation } from './describe-revocation.ts'
import { type EffectiveHello, effectiveHello, type HandshakeUse } from './effective-hello.ts'

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
  readonly forgives: readonly Forgiven[]
  /** Exceptions that forgave once and no longer do. */
  readonly over: readonly Omit<Forgiven, 'by'>[]
  readonly offer: OfferDescription
  /** What leaves, field by field, for each use of a handshake. */
  readonly clientHello: Readonly<Record<HandshakeUse, EffectiveHello>>
  readonly sentences: readonly string[]
}

/** What would be let pass, by what, and how long. */
export interface Forgiven {
  readonly by: Forgiveness
  /** `all` where nothing of its kind is looked at. */
  readonly findings: readonly FindingName[] | 'all'
  /** The last day of an exception, in UTC. */
  readonly until?: string
  /** The public key an exception is bound to. */
  readonly spkiSha256?: string
  readonly sentence: string
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
    forgives,
    over: records.filter((record) => isOver(record, nowMs)).map(describeOver),
    offer,
    clientHello: {
      originate: effectiveHello(rule, destination, 'originate'),
      verify: effectiveHello(rule, destination, 'verify'),
    },
  }
  const after = allowed ? [...trustSentences(description), ...handshakeSentences(description)] : []
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

function trustSentences({ strict, grade, trustStores, nameToVerify: name, pins, ...described }: Described): string[] {
  const { forgives, over, revocation } = described
  const stores = storesPhrase(trustStores)
  const pinned = pins?.spkiSha256.length ?? 0
  const keys = pinned === 1 ? 'the pinned public key' : `one of ${pinned} pinned public keys`
  const forgiven = [...forgives, ...over].map(({ sentence }) => sentence)
  if (pins?.mode === 'instead') return [`The backend must show ${keys}; chain, dates and name do not count.`]
  return [
    ...(strict ? [`The certificate must chain to ${stores} and carry the name ${name}.`] : []),
    ...(strict && grade === 'rfc5280' ? ['It is held to the form that RFC 5280 asks for as well.'] : []),
    ...(pins === null ? [] : [`Beside that, the backend must show ${keys}.`]),
    describeRevocation(revocation),
    ...forgiven,
  ]
}

function storesPhrase([first, ...others]: readonly string[]): string {
  if (first === undefined) return 'no trust store at all'
  return others.length === 0 ? `the trust store ${first}` : `one of the trust stores ${[first, ...others].join(', ')}`
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

function forgivenBy(rule: Rule, records: readonly ExceptionRecord[]): Forgiven[] {
  const forgiven: Forgiven[] = records.map(describeException)
  if (rule.allowUntrusted) {
    const sentence = `Allowed and logged: ${trustFindings.join(', ')}.`
    forgiven.push({ by: 'allow-untrusted', findings: trustFindings, sentence })
  }
  if (!rule.strict) {
    const sentence = 'Strict TLS is off: whatever is wrong with the certificate is only logged.'
    forgiven.push({ by: 'strict-off', findings: 'all', sentence })
  }
  if (rule.enforcement === 'report') {
    forgiven.push({ by: 'report', findings: 'all', sentence: 'Report mode: nothing found is refused, only logged.' })
  }
  return forgiven
}

function describeException(record: ExceptionRecord): Forgiven {
  const { findings, spkiSha256, owner, reason } = record
  const until = lastDayOf(record)
  const key = spkiSha256 === undefined ? {} : { spkiSha256 }
  const bound = spkiSha256 === undefined ? '' : ` for the key ${spkiSha256}`
  const sentence = `Until ${until}${bound}, ${findings.join(', ')} is forgiven: ${reason} (${owner}).`
  return { by: 'exception', findings, until, ...key, sentence }
}

function describeOver(record: ExceptionRecord): Omit<Forgiven, 'by'> {
  const { findings, owner } = record
  const until = lastDayOf(record)
  const sentence = `The exception for ${findings.join(', ')} ended on ${until} and forgives nothing (${owner}).`
  return { findings, until, sentence }
}
