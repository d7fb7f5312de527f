/** Every cipher suite there is a name for: those of this runtime, and those it lacks with the reason why. */
import { notHere, type Suite, suitesIn } from './catalogue.ts'
import { type GoneRow, goneRows } from './catalogue-gone.ts'
import { suiteRows } from './catalogue-suites.ts'
import { type DefaultSpan, defaultSpan } from './default-sets.ts'
import { retiredSuite } from './retired.ts'
import { runtimeSuites } from './runtime-suites.ts'
import { type SuiteFacts, suiteFacts } from './suite-facts.ts'

/** A suite under every name it has, with all that is known of it. */
export interface KnownSuite extends SuiteFacts, DefaultSpan {
  readonly iana: string
  /** Null where OpenSSL never had it. */
  readonly openssl: string | null
  /** As Java writes it, then with the other prefix: older and IBM's Java say `SSL_` where IANA says `TLS_`. */
  readonly java: readonly string[]
  /** Null where GnuTLS does not have it. */
  readonly gnutls: string | null
  /** The number in the ClientHello. */
  readonly code: number
  /** `broken` protects nothing today; `weak` has a weakness. */
  readonly strength: 'good' | 'weak' | 'broken'
  /** Whether this runtime has it. */
  readonly available: boolean
  /** Why it is gone, or what it needs that no rule can give; empty for a suite that can be selected. */
  readonly reason: string
}

/** Gives every suite there is a name for, as a runtime with these suites sees them; those it may have come first. */
export function knownSuitesIn(runtime: ReadonlySet<string>): KnownSuite[] {
  return [...suitesIn(everySuite).map((suite) => fromNode(suite, runtime)), ...goneRows.map(fromElsewhere)]
}

const everySuite = new Set(suiteRows.map(({ openssl }) => openssl.toLowerCase()))

/** Those of this runtime first. */
export const knownSuites: readonly KnownSuite[] = knownSuitesIn(runtimeSuites)

function fromNode(suite: Suite, runtime: ReadonlySet<string>): KnownSuite {
  const { iana, openssl, java, gnutls, code } = suite
  const available = runtime.has(openssl.toLowerCase())
  const facts = suiteFacts(iana)
  const needs = suite.needs === undefined ? '' : `needs ${suite.needs}, which no rule can give`
  const strength = facts.weaknesses.length === 0 ? 'good' : 'weak'
  return {
    iana,
    openssl,
    java,
    gnutls,
    code,
    ...facts,
    ...spanOf(iana),
    strength,
    available,
    reason: available ? needs : notHere,
  }
}

function fromElsewhere({ iana, openssl, java, gnutls, code }: GoneRow): KnownSuite {
  const facts = suiteFacts(iana)
  const names = { iana, openssl, java: [java, otherPrefix(java)], gnutls, code }
  return {
    ...names,
    ...facts,
    ...spanOf(iana),
    strength: strengthOf(facts, iana),
    available: false,
    reason: retiredSuite(iana) ?? notHere,
  }
}

const byName = new Map(
  knownSuites.flatMap((suite) =>
    [suite.gnutls, ...suite.java, suite.openssl, suite.iana]
      .flatMap((name) => name ?? [])
      .map((name) => [name.toLowerCase(), suite] as const),
  ),
)

/** Finds a suite by its IANA, OpenSSL, Java or GnuTLS name, in any case, whether this runtime has it or not. */
export function findKnownSuite(name: string): KnownSuite | undefined {
  return byName.get(name.toLowerCase())
}

function spanOf(iana: string): DefaultSpan {
  return defaultSpan('ciphers', iana)
}

function strengthOf({ authentication, encryption, mac, weaknesses }: SuiteFacts, iana: string): KnownSuite['strength'] {
  const cipherIsBroken = /^(NULL|RC[24]|DES|3DES|FORTEZZA|IDEA)/.test(encryption)
  const keyIsBroken = /^(none|DSS|KRB5)$/.test(authentication) || iana.includes('_EXPORT')
  if (cipherIsBroken || keyIsBroken || mac === 'MD5') return 'broken'
  return weaknesses.length === 0 ? 'good' : 'weak'
}

function otherPrefix(java: string): string {
  return java.startsWith('SSL_') ? java.replace('SSL_', 'TLS_') : java.replace('TLS_', 'SSL_')
}
