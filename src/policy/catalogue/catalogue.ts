/** The cipher suites this runtime can offer, under every name an operator may know them by. */

import { didYouMean } from '../document/did-you-mean.ts'
import type { Protocol } from '../policy.ts'
import { type SuiteRow, suiteRows } from './catalogue-suites.ts'
import { newestProfile, profiles } from './profiles.ts'
import { retiredSuite } from './retired.ts'
import { runtimeSuites } from './runtime-suites.ts'
import { suiteFacts } from './suite-facts.ts'

/** A cipher suite of this runtime. */
export interface Suite {
  readonly iana: string
  readonly openssl: string
  /** Java writes most suites as IANA does; older and IBM's Java with `SSL_` in front. */
  readonly java: readonly string[]
  /** As `gnutls-cli --list` prints it. */
  readonly gnutls: string
  /** The number in the ClientHello. */
  readonly code: number
  /** The protocols it works in. */
  readonly protocols: readonly Protocol[]
  readonly forwardSecrecy: boolean
  /** In the newest default set. */
  readonly inDefault: boolean
  /** Why one should not want it; empty for a good suite. */
  readonly weaknesses: readonly Weakness[]
  /** What a handshake with it needs and this product never has: such a suite can be listed, not offered. */
  readonly needs?: string
}

/** What one may hold against a suite. */
export type Weakness = keyof typeof weaknessReasons

/** How suites with a weakness are called, and what it means for the traffic. */
export const weaknessReasons = {
  'no-forward-secrecy': {
    called: 'suites without forward secrecy',
    reason: 'whoever gets the key of the backend later can read all traffic recorded until then',
  },
  cbc: {
    called: 'CBC suites',
    reason: 'encryption in CBC mode before authentication has been broken again and again (Lucky 13, padding oracles)',
  },
  'short-tag': {
    called: 'suites with a short tag',
    reason: 'an authentication tag of 64 bits takes fewer tries to forge than it should',
  },
} as const

const protocolsSince = {
  'TLSv1.3': ['TLSv1.3'],
  'TLSv1.2': ['TLSv1.2'],
  TLSv1: ['TLSv1', 'TLSv1.1', 'TLSv1.2'],
} as const satisfies Record<string, readonly Protocol[]>

const inDefault = new Set<string>(profiles[newestProfile].ciphers)

/** Every suite of this runtime, those of the newest protocol first. */
export const suites: readonly Suite[] = suitesIn(runtimeSuites)

/** Gives the suites we know that a runtime has, by the OpenSSL names in lower case. */
export function suitesIn(runtime: ReadonlySet<string>): Suite[] {
  return suiteRows.filter(({ openssl }) => runtime.has(openssl.toLowerCase())).map(suiteOf)
}

function suiteOf(row: SuiteRow): Suite {
  return {
    iana: row.iana,
    openssl: row.openssl,
    java: [row.iana, row.iana.replace(/^TLS_/, 'SSL_')],
    gnutls: gnutlsName(row.iana),
    code: row.code,
    protocols: protocolsSince[row.since],
    forwardSecrecy: suiteFacts(row.iana).forwardSecrecy,
    inDefault: inDefault.has(row.iana),
    weaknesses: suiteFacts(row.iana).weaknesses,
    ...(row.keyExchange.endsWith('PSK') ? { needs: 'a pre-shared key' } : {}),
    ...(row.keyExchange === 'SRP' ? { needs: 'an SRP password' } : {}),
  }
}

const byName = new Map(
  suites.flatMap((suite) =>
    [suite.iana, suite.openssl, ...suite.java].map((name) => [name.toLowerCase(), suite] as const),
  ),
)

/** Finds a suite by its IANA, OpenSSL or Java name, in any case. */
export function findSuite(name: string): Suite | undefined {
  return byName.get(name.toLowerCase())
}

const byCode = new Map(suites.map((suite) => [suite.code, suite]))

/** Finds a suite by its number in a hello. */
export function findSuiteByCode(code: number): Suite | undefined {
  return byCode.get(code)
}

/** Tells why a name cannot stand in a list of suites, with a guess at what was meant; undefined for one that can. */
export function explainUnusableSuite(name: string): { reason: string; hint: string } | undefined {
  const suite = findSuite(name)
  if (suite?.needs !== undefined) return { reason: `needs ${suite.needs}, which no rule can give`, hint: '' }
  if (suite !== undefined) return undefined
  const retired = retiredSuite(name)
  if (retired !== undefined) return { reason: `removed by platform: ${retired}`, hint: '' }
  if (isKnownElsewhere(name)) return { reason: `removed by platform: ${notHere}`, hint: '' }
  if (cipherStringWord.test(name)) {
    return { reason: 'is a word of an OpenSSL cipher string: name each suite instead', hint: '' }
  }
  const known = suites.flatMap(({ iana, openssl }) => [iana, openssl])
  return { reason: 'unknown cipher suite', hint: didYouMean(name, known) }
}

/** Why a suite we know is not offered by another Node than the one we ship with. */
export const notHere = 'this runtime does not have it'

function isKnownElsewhere(name: string): boolean {
  const iana = name.toUpperCase().replace(/^SSL_/, 'TLS_')
  return suiteRows.some((row) => row.iana === iana || row.openssl === name.toUpperCase())
}

const cipherStringWord =
  /^[!+-]|[@:=, ]|^(ALL|DEFAULT|HIGH|MEDIUM|LOW|FIPS|COMPLEMENTOF\w+|[aek](NULL|RSA|EC?DHE?|DSS|ECDSA|PSK)|RSA|AES(128|256|GCM)?|TLSv1(\.\d)?)$/i

/** GnuTLS leaves out WITH, writes SHA-1 in full, and names no hash for ChaCha20 before TLS 1.3. */
function gnutlsName(iana: string): string {
  if (!iana.includes('_WITH_')) return iana
  return iana
    .replace('_WITH_', '_')
    .replace(/_SHA$/, '_SHA1')
    .replace(/_POLY1305_SHA256$/, '_POLY1305')
}
