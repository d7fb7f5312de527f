/**
 * What the first words of GnuTLS priority strings stand for. GnuTLS says that this changes between its versions; these
 * are the lists of 3.7 and 3.8, without what no suite of ours can use (DTLS, compression, certificate types).
 */

/** The lists that a priority string edits, each in order of preference. */
export interface Priorities {
  readonly versions: readonly string[]
  readonly ciphers: readonly string[]
  readonly macs: readonly string[]
  readonly exchanges: readonly string[]
  readonly groups: readonly string[]
}

const versions = ['TLS1.3', 'TLS1.2', 'TLS1.1', 'TLS1.0']
const normalCiphers = words('AES-256-GCM CHACHA20-POLY1305 AES-256-CCM AES-256-CBC AES-128-GCM AES-128-CCM AES-128-CBC')
const exchanges = ['ECDHE-ECDSA', 'ECDHE-RSA', 'RSA', 'DHE-RSA']
const groups = words('SECP256R1 SECP384R1 SECP521R1 X25519 X448 FFDHE2048 FFDHE3072 FFDHE4096 FFDHE6144 FFDHE8192')

const normal: Priorities = { versions, ciphers: normalCiphers, macs: ['SHA1', 'AEAD'], exchanges, groups }
const secure192: Priorities = {
  ...normal,
  ciphers: words('AES-256-GCM CHACHA20-POLY1305 AES-256-CBC AES-256-CCM'),
  macs: ['AEAD'],
  groups: words('SECP384R1 SECP521R1 FFDHE8192'),
}
const suiteB192: Priorities = {
  ...{ versions: ['TLS1.2'], ciphers: ['AES-256-GCM'], macs: ['AEAD'], exchanges: ['ECDHE-ECDSA'] },
  groups: ['SECP384R1'],
}

/** The first words, in capitals. */
export const keywords: Readonly<Record<string, Priorities>> = {
  NONE: { versions: [], ciphers: [], macs: [], exchanges: [], groups: [] },
  NORMAL: normal,
  LEGACY: normal,
  PERFORMANCE: {
    ...normal,
    ciphers: words('AES-128-GCM AES-256-GCM CHACHA20-POLY1305 AES-128-CCM AES-256-CCM AES-128-CBC AES-256-CBC'),
    exchanges: ['RSA', 'ECDHE-ECDSA', 'ECDHE-RSA', 'DHE-RSA'],
  },
  PFS: { ...normal, exchanges: ['ECDHE-ECDSA', 'ECDHE-RSA', 'DHE-RSA'] },
  SECURE128: {
    ...normal,
    ciphers: words('AES-256-GCM CHACHA20-POLY1305 AES-256-CBC AES-256-CCM AES-128-GCM AES-128-CBC AES-128-CCM'),
  },
  SECURE192: secure192,
  SECURE256: secure192,
  SUITEB128: { ...suiteB192, ciphers: ['AES-256-GCM', 'AES-128-GCM'], groups: ['SECP256R1', 'SECP384R1'] },
  SUITEB192: suiteB192,
}

/** What `+…-ALL` adds for each list. */
export const everything: Priorities = normal

/** Every name an item may add or take, by its list; what no suite of this runtime uses is here to be known by name. */
export const known: Priorities = {
  versions: [...versions, 'SSL3.0', 'DTLS1.2', 'DTLS1.0', 'DTLS0.9'],
  ciphers: [
    ...normalCiphers,
    ...words('AES-128-CCM-8 AES-256-CCM-8 AES-192-CBC AES-192-GCM CAMELLIA-128-CBC CAMELLIA-192-CBC CAMELLIA-256-CBC'),
    ...words(
      'CAMELLIA-128-GCM CAMELLIA-256-GCM 3DES-CBC DES-CBC ARCFOUR-128 RC2-40 NULL SALSA20-256 GOST28147-TC26Z-CNT',
    ),
  ],
  macs: words('SHA1 AEAD SHA256 SHA384 SHA512 MD5 UMAC-96 UMAC-128 GOST28147-TC26Z-IMIT'),
  exchanges: [
    ...words('ECDHE-ECDSA ECDHE-RSA RSA DHE-RSA DHE-DSS PSK RSA-PSK DHE-PSK ECDHE-PSK SRP SRP-RSA SRP-DSS'),
    ...words('ANON-DH ANON-ECDH RSA-EXPORT VKO-GOST-12'),
  ],
  groups: [
    ...groups,
    ...words('SECP192R1 SECP224R1 GC256B GC512A X25519-MLKEM768 SECP256R1-MLKEM768 SECP384R1-MLKEM1024'),
  ],
}

function words(text: string): string[] {
  return text.split(' ')
}
