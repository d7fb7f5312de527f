/** The words of OpenSSL cipher strings that stand for many suites (man openssl-ciphers), as tests of a suite's facts. */
import type { SuiteRow } from '../policy/catalogue/catalogue-suites.ts'

/** Tells whether a word covers a suite. */
export type Covers = (row: SuiteRow) => boolean

const exchange =
  (...names: string[]): Covers =>
  ({ keyExchange }) =>
    names.includes(keyExchange)
const signedBy =
  (name: string): Covers =>
  ({ authentication }) =>
    authentication === name
const cipher =
  (pattern: RegExp): Covers =>
  ({ encryption }) =>
    pattern.test(encryption)
const mac =
  (name: string): Covers =>
  (row) =>
    row.mac === name
const word =
  (name: string): Covers =>
  (row) =>
    row.word === name
const all: Covers = () => true
const none: Covers = () => false

const words: Readonly<Record<string, Covers>> = {
  ...{ ALL: all, HIGH: all, MEDIUM: none, LOW: none, COMPLEMENTOFALL: none },
  COMPLEMENTOFDEFAULT: ({ sets }) => !sets.includes('DEFAULT'),
  FIPS: ({ sets }) => sets.includes('FIPS'),
  ...{ kRSA: exchange('RSA'), RSA: exchange('RSA') },
  ...{ kDHE: exchange('DH'), kEDH: exchange('DH'), DH: exchange('DH'), DHE: exchange('DH'), EDH: exchange('DH') },
  ...{ kECDHE: exchange('ECDH'), kEECDH: exchange('ECDH'), ECDH: exchange('ECDH') },
  ...{ ECDHE: exchange('ECDH'), EECDH: exchange('ECDH') },
  ...{ kPSK: exchange('PSK'), kRSAPSK: exchange('RSAPSK'), kECDHEPSK: exchange('ECDHEPSK') },
  ...{ kDHEPSK: exchange('DHEPSK'), PSK: exchange('PSK', 'RSAPSK', 'ECDHEPSK', 'DHEPSK') },
  ...{ kSRP: exchange('SRP'), SRP: exchange('SRP'), kGOST: none, kGOST18: none },
  ...{ aRSA: signedBy('RSA'), aECDSA: signedBy('ECDSA'), ECDSA: signedBy('ECDSA') },
  ...{ aPSK: signedBy('PSK'), aSRP: signedBy('SRP'), aDSS: none, DSS: none, aGOST: none, aGOST01: none, aGOST12: none },
  ...{ aNULL: none, ADH: none, AECDH: none, eNULL: none, NULL: none },
  ...{ AES: cipher(/^AES/), AES128: cipher(/^AES.*\(128\)/), AES256: cipher(/^AES.*\(256\)/) },
  ...{ AESGCM: cipher(/^AESGCM/), AESCCM: cipher(/^AESCCM/), AESCCM8: cipher(/^AESCCM8/) },
  ...{ CHACHA20: cipher(/^CHACHA20/), CBC: cipher(/^AES\(/) },
  ...{ '3DES': none, RC4: none, RC2: none, IDEA: none, SEED: none, GOST89: none, GOST94: none },
  ...{ CAMELLIA: none, CAMELLIA128: none, CAMELLIA256: none, ARIA: none, ARIA128: none, ARIA256: none },
  ...{ ARIAGCM: none, MD5: none, SHA: mac('SHA1'), SHA1: mac('SHA1'), SHA256: mac('SHA256'), SHA384: mac('SHA384') },
  ...{ SSLv3: word('SSLv3'), TLSv1: word('TLSv1'), 'TLSv1.0': word('TLSv1'), 'TLSv1.2': word('TLSv1.2') },
}

/** Words of older versions that OpenSSL passes over by now; they select nothing either way. */
const forgotten = /^(SSLv2|TLSv1\.[13]|EXP(ORT)?(40|56)?|DES|k?KRB5|kDH[rd]?|a?(ECDH|DH)|kECDH[re]?|FZA)$/

/** Gives what a word covers; undefined for one that is no word of cipher strings. */
export function wordCovers(name: string): Covers | undefined {
  // Read by its own keys only: `constructor` is a word of no cipher string.
  return Object.hasOwn(words, name) ? words[name] : undefined
}

/** Tells whether a word was one in OpenSSL before 3.0 and selects nothing today. */
export function isForgottenWord(name: string): boolean {
  return forgotten.test(name)
}

/** Says what adding a word takes away from safety; undefined for a word that may be added. */
export function dangerOf(name: string): string | undefined {
  if (/^(aNULL|ADH|AECDH)(-|$)/.test(name)) return 'anonymous suites let anyone pose as the backend'
  if (/^(eNULL|NULL)(-|$)|-NULL-/.test(name)) return 'NULL suites encrypt nothing'
  if (/^(EXP(ORT)?\d*|LOW)(-|$)/.test(name)) return 'EXPORT and LOW suites were made to be broken'
  return undefined
}
