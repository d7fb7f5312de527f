/**
 * What a rule demands of a backend's certificate, in sentences. What truly happens comes first: where nothing refuses,
 * that is said before what would be asked, and what would be asked says when.
 */
import type { Rule } from '../policy.ts'
import { describeRevocation } from './describe-revocation.ts'
import type { Forgiven } from './forgiven-by.ts'

/** The parts of a description that are about trust. */
export interface DescribedTrust
  extends Pick<Rule, 'strict' | 'enforcement' | 'grade' | 'trustStores' | 'pins' | 'revocation'> {
  readonly nameToVerify: string
  readonly forgives: readonly Forgiven[]
  readonly over: readonly Pick<Forgiven, 'sentence'>[]
}

/** Says what refuses the backend, and what would. */
export function describeTrust(described: DescribedTrust): string[] {
  const { strict, enforcement, pins, forgives, over } = described
  const isReported = enforcement === 'report'
  const told = forgives.find(({ by }) => by === (isReported ? 'report' : 'strict-off'))
  const certificateWhen = isReported ? (strict ? enforced : enforcedAndStrict) : strict ? undefined : strictOn
  const demands = pins?.mode === 'instead' ? [] : certificateDemands(described)
  return [
    ...(told === undefined ? [] : [told.sentence]),
    ...(strict || isReported ? [] : [handshakeCounts]),
    ...demands.map((sentence) => held(sentence, certificateWhen)),
    ...pinDemands(pins).map((sentence) => held(sentence, isReported ? enforced : undefined)),
    ...(pins?.mode === 'instead' ? [] : [revocationSentence(described, certificateWhen)]),
    ...forgives.filter(({ by }) => by === 'exception').map(({ sentence }) => sentence),
    ...(strict && !isReported && pins?.mode !== 'instead' ? allowedSentences(forgives) : []),
    ...over.map(({ sentence }) => sentence),
  ]
}

const enforced = 'if it were enforced'
const strictOn = 'with strict TLS on'
const enforcedAndStrict = 'with strict TLS on, if it were enforced'
const handshakeCounts =
  'A protocol, suite or group that the rule does not offer is refused all the same, and so is a backend without a certificate.'

function held(sentence: string, when: string | undefined): string {
  return when === undefined ? sentence : `Would hold ${when}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
}

function certificateDemands({ trustStores, nameToVerify: name, grade, forgives }: DescribedTrust): string[] {
  const stores = storesPhrase(trustStores)
  const isUntrustedAllowed = forgives.some(({ by }) => by === 'allow-untrusted')
  return [
    isUntrustedAllowed
      ? `The certificate must carry the name ${name}; whether it chains to ${stores} is looked at and logged.`
      : `The certificate must chain to ${stores} and carry the name ${name}.`,
    ...(grade === 'rfc5280' ? ['It is held to the form that RFC 5280 asks for as well.'] : []),
  ]
}

function pinDemands(pins: Rule['pins']): string[] {
  if (pins === null) return []
  const pinned = pins.spkiSha256.length
  const keys = pinned === 1 ? 'the pinned public key' : `one of ${pinned} pinned public keys`
  return pins.mode === 'instead'
    ? [`The backend must show ${keys}; chain, dates, name and revocation do not count.`]
    : [`The backend must show ${keys}.`]
}

function revocationSentence({ revocation }: DescribedTrust, when: string | undefined): string {
  return held(describeRevocation(revocation), revocation.mode === 'off' ? undefined : when)
}

function allowedSentences(forgives: readonly Forgiven[]): string[] {
  return forgives.filter(({ by }) => by === 'allow-untrusted').map(({ sentence }) => sentence)
}

function storesPhrase([first, ...others]: readonly string[]): string {
  if (first === undefined) return 'no trust store at all'
  return others.length === 0 ? `the trust store ${first}` : `one of the trust stores ${[first, ...others].join(', ')}`
}
