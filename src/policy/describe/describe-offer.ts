/** What a rule offers in its ClientHello, as a record for machines and sentences for people. */
import { findSuite, type Suite, type Weakness, weaknessReasons } from '../catalogue/catalogue.ts'
import { readGroups } from '../catalogue/groups.ts'
import { usualDhBits, usualSecurityLevel } from '../document/check-legacy.ts'
import type { Protocol, TlsOffer } from '../policy.ts'

/** An offer as `vedette explain` and the page show it. */
export interface OfferDescription {
  /** `default set 2026-11`, or `custom configuration`. */
  readonly source: string
  /** Highest first, as a reader expects it. */
  readonly protocols: readonly Protocol[]
  readonly suites: readonly Pick<Suite, 'iana' | 'openssl' | 'protocols' | 'forwardSecrecy' | 'weaknesses'>[]
  readonly groups: readonly string[]
  /** The groups that bring a key share in the first flight (TLS 1.3). */
  readonly keyShares: readonly string[]
  readonly postQuantum: TlsOffer['postQuantum']
  readonly securityLevel: number
  /** What stands in none of the lists. */
  readonly remarks: readonly string[]
  /** All of it, for who reads no lists. */
  readonly sentences: readonly string[]
}

/** Describes an offer. */
export function describeOffer(tls: TlsOffer): OfferDescription {
  const suites = tls.ciphers.flatMap((name) => findSuite(name) ?? [])
  const protocols = tls.protocols.toReversed()
  const groups = readGroups(tls.groups)
  const withShare = readGroups(tls.groups, 'with key share')
  const keyShares = tls.protocols.includes('TLSv1.3') ? withShare : []
  const remarks = [postQuantumSentences[tls.postQuantum], ...weaknessSentences(suites), ...hatchSentences(tls)]
  const source = tls.profile === undefined ? 'custom configuration' : `default set ${tls.profile}`
  return {
    source,
    protocols,
    suites: suites.map(({ iana, openssl, protocols, forwardSecrecy, weaknesses }) => ({
      iana,
      openssl,
      protocols,
      forwardSecrecy,
      weaknesses,
    })),
    groups,
    keyShares,
    postQuantum: tls.postQuantum,
    securityLevel: tls.securityLevel,
    remarks,
    sentences: [
      `It offers ${protocols.join(', ')} with ${count(suites.length, 'suite')} (${source}).`,
      secrecySentence(suites),
      `Groups, in order: ${groups.join(', ')}${keyShares.length > 0 ? `; key share for ${keyShares.join(', ')}` : ''}.`,
      ...remarks,
    ],
  }
}

const postQuantumSentences = {
  off: 'No post-quantum group is offered.',
  compatible: 'A post-quantum group is offered without a key share: the hello stays small, a backend may ask for it.',
  prefer: 'A post-quantum key share comes with the hello, which grows to 1.6 kB.',
} as const

function secrecySentence(suites: readonly Suite[]): string {
  const secret = suites.filter(({ forwardSecrecy }) => forwardSecrecy).length
  if (secret === suites.length) return 'All selected suites have forward secrecy.'
  return `${secret} of ${suites.length} suites have forward secrecy.`
}

function weaknessSentences(suites: readonly Suite[]): string[] {
  return (Object.keys(weaknessReasons) as Weakness[]).flatMap((weakness) => {
    const weak = suites.filter(({ weaknesses }) => weaknesses.includes(weakness)).length
    const { called, reason } = weaknessReasons[weakness]
    return weak === 0 ? [] : [`It offers ${called} (${weak}): ${reason}.`]
  })
}

function hatchSentences({ securityLevel, unsafeRenegotiation, minDhBits }: TlsOffer): string[] {
  return [
    ...(securityLevel < usualSecurityLevel
      ? [`OpenSSL's security level is lowered to ${securityLevel} for this backend.`]
      : []),
    ...(unsafeRenegotiation ? ['This backend may lack secure renegotiation (RFC 5746).'] : []),
    ...(minDhBits < usualDhBits
      ? [`Diffie-Hellman groups from ${minDhBits} bits on are taken from this backend.`]
      : []),
  ]
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
