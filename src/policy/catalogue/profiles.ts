/**
 * The default sets of protocols, suites, groups and signature algorithms, as plain data. A set never changes once it is released: a better
 * one gets a new name, so that a policy that names its set means the same after every upgrade of the product. One that
 * names none follows `newestProfile`. Lists are in the order of preference.
 */
import type { Protocol } from '../policy.ts'

/** One default set. */
export interface Profile {
  /** One sentence for a reader who has to choose. */
  readonly says: string
  readonly protocols: readonly Protocol[]
  /** IANA names. */
  readonly ciphers: readonly string[]
  /** Names of groups.ts; where postQuantum is off, the hybrid ones are left out. */
  readonly groups: readonly string[]
  /** Names of signature-algorithms.ts. */
  readonly signatureAlgorithms: readonly string[]
}

const tls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']

const forwardSecretAead = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
]

const strongSignatures = [
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
  'ed25519',
  'ed448',
  'rsa_pss_pss_sha256',
  'rsa_pss_pss_sha384',
  'rsa_pss_pss_sha512',
  'rsa_pss_rsae_sha256',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
]

/** Edwards curves came to FIPS 186-5 late, and few validated modules have them. */
const fipsSignatures = strongSignatures.filter((name) => !name.startsWith('ed'))

/** What a policy that names no set gets. */
export const newestProfile = '2026-11'

/** The sets a policy may name. */
export const profiles = {
  '2026-11': {
    says: 'TLS 1.3 and 1.2, forward secrecy and authenticated encryption only: what a backend of today speaks',
    protocols: ['TLSv1.2', 'TLSv1.3'],
    ciphers: [...tls13, ...forwardSecretAead],
    groups: ['X25519MLKEM768', 'X25519', 'P-256', 'P-384', 'P-521'],
    signatureAlgorithms: strongSignatures,
  },
  'mozilla-modern-6.0': {
    says: 'Mozilla Modern, guideline 6.0 of April 2026: TLS 1.3 alone',
    protocols: ['TLSv1.3'],
    ciphers: tls13,
    groups: ['X25519MLKEM768', 'X25519', 'P-256', 'P-384'],
    signatureAlgorithms: strongSignatures,
  },
  'mozilla-intermediate-6.0': {
    says: 'Mozilla Intermediate, guideline 6.0 of April 2026: TLS 1.3 and 1.2, six suites of ECDHE with AEAD',
    protocols: ['TLSv1.2', 'TLSv1.3'],
    ciphers: [...tls13, ...forwardSecretAead],
    groups: ['X25519MLKEM768', 'X25519', 'P-256', 'P-384'],
    signatureAlgorithms: strongSignatures,
  },
  'mozilla-old-5.8': {
    says: 'Mozilla Old, guideline 5.8, the last that had one: TLS 1.0 to 1.3 with CBC and static RSA; needs legacy in its rule',
    protocols: ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
    ciphers: [
      ...tls13,
      ...forwardSecretAead,
      'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
      'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
      'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384',
      'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
      'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
      'TLS_DHE_RSA_WITH_AES_128_CBC_SHA256',
      'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256',
      'TLS_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_RSA_WITH_AES_128_CBC_SHA256',
      'TLS_RSA_WITH_AES_256_CBC_SHA256',
      'TLS_RSA_WITH_AES_128_CBC_SHA',
      'TLS_RSA_WITH_AES_256_CBC_SHA',
    ],
    groups: ['X25519', 'P-256', 'P-384'],
    signatureAlgorithms: [...strongSignatures, 'ecdsa_sha1', 'rsa_pkcs1_sha1'],
  },
  'fips-approved': {
    says: 'TLS 1.3 and 1.2 with what FIPS 140-3 and SP 800-52 approve of: AES-GCM, NIST curves, ML-KEM beside them',
    protocols: ['TLSv1.2', 'TLSv1.3'],
    ciphers: [
      'TLS_AES_256_GCM_SHA384',
      'TLS_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    ],
    groups: ['SecP256r1MLKEM768', 'SecP384r1MLKEM1024', 'P-256', 'P-384', 'P-521'],
    signatureAlgorithms: fipsSignatures,
  },
  'stig-tls12': {
    says: 'TLS 1.2 alone with suites and curves that FIPS 140 knows, as the DISA STIGs for gateways ask',
    protocols: ['TLSv1.2'],
    ciphers: [
      'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    ],
    groups: ['P-384', 'P-256', 'P-521'],
    signatureAlgorithms: fipsSignatures,
  },
  'sentry-classic': {
    says: 'TLS 1.2 alone with the suites of a Java 8 gateway, CBC and static RSA included: to migrate from, not to stay',
    protocols: ['TLSv1.2'],
    ciphers: [
      'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384',
      'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
      'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
      'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
      'TLS_DHE_RSA_WITH_AES_128_CBC_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
      'TLS_DHE_RSA_WITH_AES_256_CBC_SHA',
      'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
      'TLS_DHE_RSA_WITH_AES_128_CBC_SHA',
      'TLS_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_RSA_WITH_AES_256_CBC_SHA256',
      'TLS_RSA_WITH_AES_128_CBC_SHA256',
      'TLS_RSA_WITH_AES_256_CBC_SHA',
      'TLS_RSA_WITH_AES_128_CBC_SHA',
    ],
    groups: ['P-256', 'P-384', 'P-521', 'X25519'],
    signatureAlgorithms: strongSignatures,
  },
} as const satisfies Record<string, Profile>

/** The name of a default set. */
export type ProfileName = keyof typeof profiles

/** Every name a policy may follow, for schemas and completions. */
export const profileNames = Object.keys(profiles) as [ProfileName, ...ProfileName[]]
