/**
 * Signature algorithms of the handshake, under every name an operator may know them by. One has the same number
 * whatever the protocol; what TLS 1.3 no longer takes from a handshake may still sign the certificates in it.
 */
import { didYouMean } from '../document/did-you-mean.ts'

/** A signature algorithm. */
export interface SignatureAlgorithm {
  /** IANA's name: the one word used in documents, logs and pages; OpenSSL and Java know it too. */
  readonly name: string
  /** The name to give to OpenSSL. */
  readonly openssl: string
  /** As `jdk.tls.client.SignatureSchemes` takes it; null where Java has none. */
  readonly java: string | null
  /** As `gnutls-cli --list` prints it; null where GnuTLS has none. */
  readonly gnutls: string | null
  /** The number in the ClientHello. */
  readonly code: number
  /** The key that signs. */
  readonly key: SignatureKey
  /** TLS 1.2 can sign a handshake with it. */
  readonly inTls12: boolean
  /** TLS 1.3 can; in it the others speak of certificates only. */
  readonly inTls13: boolean
  /** What it costs to forge, as a power of two, the way OpenSSL counts for its security levels. */
  readonly bits: number
  readonly strength: 'good' | 'weak' | 'broken'
  /** Why it is weak or gone; empty for a good one. */
  readonly reason: string
  /** Whether this runtime has it. */
  readonly available: boolean
}

/** The kinds of keys that sign. */
export type SignatureKey = 'RSA' | 'RSA-PSS' | 'ECDSA' | 'EdDSA' | 'ML-DSA' | 'DSA' | 'SM2' | 'GOST'

const both = { inTls12: true, inTls13: true, strength: 'good', reason: '', available: true } as const
const tls12 = { ...both, inTls13: false } as const
const tls13 = { ...both, inTls12: false } as const
const sha1 = { ...tls12, bits: 63, strength: 'weak', reason: 'SHA-1 can be made to collide (SHAttered)' } as const
const sha224 = {
  ...tls12,
  bits: 112,
  strength: 'weak',
  reason: 'SHA-224 keeps 112 bits; RFC 9155 asks for more',
} as const
const dsa = {
  ...tls12,
  key: 'DSA',
  strength: 'broken',
  reason: 'DSA certificates are no longer issued or accepted',
} as const
const gone = { inTls12: true, inTls13: false, strength: 'broken', available: false } as const

/** Every signature algorithm that products of today and yesterday can name, the best first. */
// biome-ignore format: one algorithm, one line.
export const signatureAlgorithms: readonly SignatureAlgorithm[] = [
  { name: 'mldsa44', openssl: 'mldsa44', java: null, gnutls: 'SIGN-ML-DSA-44', code: 0x0904, key: 'ML-DSA', bits: 128, ...tls13 },
  { name: 'mldsa65', openssl: 'mldsa65', java: null, gnutls: 'SIGN-ML-DSA-65', code: 0x0905, key: 'ML-DSA', bits: 192, ...tls13 },
  { name: 'mldsa87', openssl: 'mldsa87', java: null, gnutls: 'SIGN-ML-DSA-87', code: 0x0906, key: 'ML-DSA', bits: 256, ...tls13 },
  { name: 'ecdsa_secp256r1_sha256', openssl: 'ecdsa_secp256r1_sha256', java: 'ecdsa_secp256r1_sha256', gnutls: 'SIGN-ECDSA-SECP256R1-SHA256', code: 0x0403, key: 'ECDSA', bits: 128, ...both },
  { name: 'ecdsa_secp384r1_sha384', openssl: 'ecdsa_secp384r1_sha384', java: 'ecdsa_secp384r1_sha384', gnutls: 'SIGN-ECDSA-SECP384R1-SHA384', code: 0x0503, key: 'ECDSA', bits: 192, ...both },
  { name: 'ecdsa_secp521r1_sha512', openssl: 'ecdsa_secp521r1_sha512', java: 'ecdsa_secp521r1_sha512', gnutls: 'SIGN-ECDSA-SECP521R1-SHA512', code: 0x0603, key: 'ECDSA', bits: 256, ...both },
  { name: 'ed25519', openssl: 'ed25519', java: 'ed25519', gnutls: 'SIGN-EdDSA-Ed25519', code: 0x0807, key: 'EdDSA', bits: 128, ...both },
  { name: 'ed448', openssl: 'ed448', java: 'ed448', gnutls: 'SIGN-EdDSA-Ed448', code: 0x0808, key: 'EdDSA', bits: 224, ...both },
  { name: 'ecdsa_brainpoolP256r1tls13_sha256', openssl: 'ecdsa_brainpoolP256r1tls13_sha256', java: null, gnutls: null, code: 0x081a, key: 'ECDSA', bits: 128, ...tls13 },
  { name: 'ecdsa_brainpoolP384r1tls13_sha384', openssl: 'ecdsa_brainpoolP384r1tls13_sha384', java: null, gnutls: null, code: 0x081b, key: 'ECDSA', bits: 192, ...tls13 },
  { name: 'ecdsa_brainpoolP512r1tls13_sha512', openssl: 'ecdsa_brainpoolP512r1tls13_sha512', java: null, gnutls: null, code: 0x081c, key: 'ECDSA', bits: 256, ...tls13 },
  { name: 'rsa_pss_pss_sha256', openssl: 'rsa_pss_pss_sha256', java: 'rsa_pss_pss_sha256', gnutls: 'SIGN-RSA-PSS-SHA256', code: 0x0809, key: 'RSA-PSS', bits: 128, ...both },
  { name: 'rsa_pss_pss_sha384', openssl: 'rsa_pss_pss_sha384', java: 'rsa_pss_pss_sha384', gnutls: 'SIGN-RSA-PSS-SHA384', code: 0x080a, key: 'RSA-PSS', bits: 192, ...both },
  { name: 'rsa_pss_pss_sha512', openssl: 'rsa_pss_pss_sha512', java: 'rsa_pss_pss_sha512', gnutls: 'SIGN-RSA-PSS-SHA512', code: 0x080b, key: 'RSA-PSS', bits: 256, ...both },
  { name: 'rsa_pss_rsae_sha256', openssl: 'rsa_pss_rsae_sha256', java: 'rsa_pss_rsae_sha256', gnutls: 'SIGN-RSA-PSS-RSAE-SHA256', code: 0x0804, key: 'RSA', bits: 128, ...both },
  { name: 'rsa_pss_rsae_sha384', openssl: 'rsa_pss_rsae_sha384', java: 'rsa_pss_rsae_sha384', gnutls: 'SIGN-RSA-PSS-RSAE-SHA384', code: 0x0805, key: 'RSA', bits: 192, ...both },
  { name: 'rsa_pss_rsae_sha512', openssl: 'rsa_pss_rsae_sha512', java: 'rsa_pss_rsae_sha512', gnutls: 'SIGN-RSA-PSS-RSAE-SHA512', code: 0x0806, key: 'RSA', bits: 256, ...both },
  { name: 'rsa_pkcs1_sha256', openssl: 'rsa_pkcs1_sha256', java: 'rsa_pkcs1_sha256', gnutls: 'SIGN-RSA-SHA256', code: 0x0401, key: 'RSA', bits: 128, ...tls12 },
  { name: 'rsa_pkcs1_sha384', openssl: 'rsa_pkcs1_sha384', java: 'rsa_pkcs1_sha384', gnutls: 'SIGN-RSA-SHA384', code: 0x0501, key: 'RSA', bits: 192, ...tls12 },
  { name: 'rsa_pkcs1_sha512', openssl: 'rsa_pkcs1_sha512', java: 'rsa_pkcs1_sha512', gnutls: 'SIGN-RSA-SHA512', code: 0x0601, key: 'RSA', bits: 256, ...tls12 },
  { name: 'ecdsa_sha224', openssl: 'ecdsa_sha224', java: 'ecdsa_sha224', gnutls: 'SIGN-ECDSA-SHA224', code: 0x0303, key: 'ECDSA', ...sha224 },
  { name: 'rsa_pkcs1_sha224', openssl: 'rsa_pkcs1_sha224', java: 'rsa_sha224', gnutls: 'SIGN-RSA-SHA224', code: 0x0301, key: 'RSA', ...sha224 },
  { name: 'ecdsa_sha1', openssl: 'ecdsa_sha1', java: 'ecdsa_sha1', gnutls: 'SIGN-ECDSA-SHA1', code: 0x0203, key: 'ECDSA', ...sha1 },
  { name: 'rsa_pkcs1_sha1', openssl: 'rsa_pkcs1_sha1', java: 'rsa_pkcs1_sha1', gnutls: 'SIGN-RSA-SHA1', code: 0x0201, key: 'RSA', ...sha1 },
  { name: 'dsa_sha512', openssl: 'dsa_sha512', java: null, gnutls: 'SIGN-DSA-SHA512', code: 0x0602, bits: 256, ...dsa },
  { name: 'dsa_sha384', openssl: 'dsa_sha384', java: null, gnutls: 'SIGN-DSA-SHA384', code: 0x0502, bits: 192, ...dsa },
  { name: 'dsa_sha256', openssl: 'dsa_sha256', java: 'dsa_sha256', gnutls: 'SIGN-DSA-SHA256', code: 0x0402, bits: 128, ...dsa },
  { name: 'dsa_sha224', openssl: 'dsa_sha224', java: 'dsa_sha224', gnutls: 'SIGN-DSA-SHA224', code: 0x0302, bits: 112, ...dsa },
  { name: 'dsa_sha1', openssl: 'dsa_sha1', java: 'dsa_sha1', gnutls: 'SIGN-DSA-SHA1', code: 0x0202, bits: 63, ...dsa },
  { name: 'rsa_pkcs1_md5', openssl: 'RSA+MD5', java: 'rsa_md5', gnutls: 'SIGN-RSA-MD5', code: 0x0101, key: 'RSA', bits: 39, reason: 'MD5 is broken', ...gone },
  { name: 'sm2sig_sm3', openssl: 'sm2sig_sm3', java: null, gnutls: null, code: 0x0708, key: 'SM2', bits: 128, reason: 'this OpenSSL does not speak SM2 in TLS', ...gone, ...{ inTls12: false, inTls13: true } },
  { name: 'gostr34102012_256a', openssl: 'gostr34102012_256a', java: null, gnutls: 'SIGN-GOSTR341012-256', code: 0x0709, key: 'GOST', bits: 128, reason: 'GOST is gone from this OpenSSL', ...gone },
]

const byName = new Map(
  signatureAlgorithms.flatMap((algorithm) =>
    namesOf(algorithm).map((name) => [name.toLowerCase(), algorithm] as const),
  ),
)

/** Finds a signature algorithm by its IANA, OpenSSL, Java or GnuTLS name, in any case. */
export function findSignatureAlgorithm(name: string): SignatureAlgorithm | undefined {
  return byName.get(name.toLowerCase())
}

/** Tells why a name cannot stand in a list of signature algorithms; undefined for one that can. */
export function explainUnusableSignature(name: string): { reason: string; hint: string } | undefined {
  const algorithm = findSignatureAlgorithm(name)
  if (algorithm?.available === false) return { reason: `removed by platform: ${algorithm.reason}`, hint: '' }
  if (algorithm !== undefined) return undefined
  const known = signatureAlgorithms.filter(({ available }) => available).map((each) => each.name)
  return { reason: 'unknown signature algorithm', hint: didYouMean(name, known) }
}

/** `ECDSA+SHA256`, as OpenSSL's lists and older configurations say it, means whatever curve the key is on. */
function namesOf({ name, openssl, java, gnutls, key }: SignatureAlgorithm): string[] {
  const hash = /sha\d+$/.exec(name)?.[0]
  const paired = hash === undefined || /brainpool|pss_pss/.test(name) ? [] : [pairedName(name, key, hash)]
  return [name, openssl, ...paired, ...[java, gnutls].flatMap((other) => other ?? [])]
}

function pairedName(name: string, key: SignatureKey, hash: string): string {
  return `${name.includes('_pss_') ? 'RSA-PSS' : key}+${hash}`
}
