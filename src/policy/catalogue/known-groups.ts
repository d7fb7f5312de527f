/**
 * Every key exchange group there is a name for. OpenSSL still has many that nobody should offer; a policy names those
 * of groups.ts only, the others are known by name, so that a document that has them learns why not.
 */
import { type DefaultSpan, defaultSpan } from './default-sets.ts'
import { findGroup, groups } from './groups.ts'

/** A group, whether a policy can name it or not. */
export interface KnownGroup extends DefaultSpan {
  readonly name: string
  readonly iana: string
  readonly openssl: string
  /** As `jdk.tls.namedGroups` takes it; null where Java has none. */
  readonly java: string | null
  /** As priority strings write it; null where GnuTLS has none. */
  readonly gnutls: string | null
  /** The number in the ClientHello. */
  readonly code: number
  /** What it costs to break it, as a power of two. */
  readonly bits: number
  readonly strength: 'good' | 'weak' | 'broken'
  /** Whether a policy can name it. */
  readonly available: boolean
  /** Why it is weak or cannot be named; empty for a good one. */
  readonly reason: string
}

interface Names {
  readonly iana: string
  readonly java?: string
  readonly gnutls?: string
  readonly bits: number
  readonly code?: number
}

/** What other libraries call the groups of a policy, and how strong they are. */
const others: Readonly<Record<string, Names>> = {
  X25519MLKEM768: { iana: 'X25519MLKEM768', gnutls: 'GROUP-X25519-MLKEM768', bits: 192 },
  SecP256r1MLKEM768: { iana: 'SecP256r1MLKEM768', gnutls: 'GROUP-SECP256R1-MLKEM768', bits: 192 },
  SecP384r1MLKEM1024: { iana: 'SecP384r1MLKEM1024', gnutls: 'GROUP-SECP384R1-MLKEM1024', bits: 256 },
  X25519: { iana: 'x25519', java: 'x25519', gnutls: 'GROUP-X25519', bits: 128 },
  X448: { iana: 'x448', java: 'x448', gnutls: 'GROUP-X448', bits: 224 },
  'P-256': { iana: 'secp256r1', java: 'secp256r1', gnutls: 'GROUP-SECP256R1', bits: 128 },
  'P-384': { iana: 'secp384r1', java: 'secp384r1', gnutls: 'GROUP-SECP384R1', bits: 192 },
  'P-521': { iana: 'secp521r1', java: 'secp521r1', gnutls: 'GROUP-SECP521R1', bits: 256 },
  brainpoolP256r1: { iana: 'brainpoolP256r1', bits: 128 },
  brainpoolP384r1: { iana: 'brainpoolP384r1', bits: 192 },
  brainpoolP512r1: { iana: 'brainpoolP512r1', bits: 256 },
  ffdhe2048: { iana: 'ffdhe2048', java: 'ffdhe2048', gnutls: 'GROUP-FFDHE2048', bits: 112 },
  ffdhe3072: { iana: 'ffdhe3072', java: 'ffdhe3072', gnutls: 'GROUP-FFDHE3072', bits: 128 },
  ffdhe4096: { iana: 'ffdhe4096', java: 'ffdhe4096', gnutls: 'GROUP-FFDHE4096', bits: 152 },
  ffdhe6144: { iana: 'ffdhe6144', java: 'ffdhe6144', gnutls: 'GROUP-FFDHE6144', bits: 176 },
  ffdhe8192: { iana: 'ffdhe8192', java: 'ffdhe8192', gnutls: 'GROUP-FFDHE8192', bits: 200 },
  MLKEM768: { iana: 'MLKEM768', gnutls: 'GROUP-MLKEM768', bits: 192 },
  MLKEM1024: { iana: 'MLKEM1024', gnutls: 'GROUP-MLKEM1024', bits: 256 },
}

const binary = 'curves over binary fields were withdrawn by RFC 8422'
const small = 'withdrawn by RFC 8422: under 112 bits, or a curve of its own that TLS no longer takes'

/** Groups that old lists have and no policy may name. IANA gave them the numbers from 1 to 22. */
const withdrawn = [
  ...['sect163k1', 'sect163r1', 'sect163r2', 'sect193r1', 'sect193r2', 'sect233k1', 'sect233r1', 'sect239k1'],
  ...['sect283k1', 'sect283r1', 'sect409k1', 'sect409r1', 'sect571k1', 'sect571r1', 'secp160k1', 'secp160r1'],
  ...['secp160r2', 'secp192k1', 'secp192r1', 'secp224k1', 'secp224r1', 'secp256k1'],
]

/** The groups a policy may name, in their order, then the others. */
export const knownGroups: readonly KnownGroup[] = [
  ...groups.map(({ name, code }): KnownGroup => {
    const { iana, java = null, gnutls = null, bits } = others[name] ?? { iana: name, bits: 0 }
    const names = { name, iana, openssl: name, java, gnutls, code, bits }
    return { ...names, ...defaultSpan('groups', name), strength: 'good', available: true, reason: '' }
  }),
  ...withdrawn.map((name, index): KnownGroup => {
    const gnutls = name === 'secp192r1' || name === 'secp224r1' ? `GROUP-${name.toUpperCase()}` : null
    const facts = {
      bits: Math.floor(Number(/\d+/.exec(name)?.[0]) / 2),
      available: false,
      ...defaultSpan('groups', name),
    }
    const names = { name, iana: name, openssl: name, java: name, gnutls, code: index + 1 }
    return { ...names, ...facts, strength: 'weak', reason: name.startsWith('sect') ? binary : small }
  }),
]

const byName = new Map(
  knownGroups.flatMap((group) =>
    [group.gnutls, group.java, group.openssl, group.iana, group.name]
      .flatMap((name) => name ?? [])
      .map((name) => [name.toLowerCase(), group] as const),
  ),
)

/** Finds a group by any of its names, in any case, whether a policy can name it or not. */
export function findKnownGroup(name: string): KnownGroup | undefined {
  const own = findGroup(name)
  return byName.get((own?.name ?? name).toLowerCase())
}
