/**
 * Expands a GnuTLS priority string (gnutls_priority_init) to protocols, suites and groups of this runtime: a keyword,
 * then items that append to a list, or take from it. The suites are every key exchange with every cipher and MAC of the
 * lists that exists, in that order, those of TLS 1.3 first. A word GnuTLS would not know is an error there and here.
 */
import { findSuite } from '../policy/catalogue/catalogue.ts'
import { type SuiteRow, suiteRows } from '../policy/catalogue/catalogue-suites.ts'
import { findGroup } from '../policy/catalogue/groups.ts'
import { newestProfile, profiles } from '../policy/catalogue/profiles.ts'
import { explainUnusableSignature, findSignatureAlgorithm } from '../policy/catalogue/signature-algorithms.ts'
import type { Protocol } from '../policy/policy.ts'
import { everything, keywords, known, type Priorities } from './gnutls-keywords.ts'
import type { Result } from './report.ts'

/** What a priority string comes to. */
export interface PriorityExpansion {
  readonly protocols: readonly Protocol[]
  /** IANA names in order. */
  readonly suites: readonly string[]
  readonly groups: readonly string[]
  /** Undefined while no item speaks of them. */
  readonly signatureAlgorithms?: readonly string[]
  readonly remarks: readonly { readonly result: Result; readonly says: string }[]
}

/** Expands a priority string; undefined with the word that GnuTLS would stumble over. */
export function expandPriorityString(text: string): PriorityExpansion | { readonly unknown: string } {
  const [first = '', ...items] = text
    .trim()
    .split(/[:,]/)
    .map((word) => word.trim())
  const state: State = { ...copyOf(keywords.NONE as Priorities), remarks: [] }
  const system = first.startsWith('@')
  if (system) {
    const says = `${first} is a list of the machine it stood on: NORMAL is taken for it`
    state.remarks.push({ result: 'changed', says })
  }
  const keyword = system ? 'NORMAL' : first.toUpperCase()
  if (!Object.hasOwn(keywords, keyword)) return { unknown: first }
  addAll(keywords[keyword] as Priorities, state)
  for (const item of items.filter((each) => each !== '')) {
    if (!applyItem(item, state)) return { unknown: item }
  }
  if (givesUpTls13(state)) remove('TLS1.3', 'versions', state)
  return {
    protocols: state.versions.flatMap((version) => protocols[version] ?? []),
    suites: suitesOf(state),
    groups: state.groups.flatMap((name) => findGroup(groupNames[name] ?? name)?.name ?? []),
    ...(state.signatures === undefined ? {} : { signatureAlgorithms: state.signatures }),
    remarks: state.remarks,
  }
}

/** There is no SRP in TLS 1.3, and no way from 1.3 to 1.1 past a hole at 1.2: GnuTLS gives up the newest then. */
function givesUpTls13({ versions, exchanges }: State): boolean {
  if (exchanges.some((name) => name.startsWith('SRP'))) return true
  return !versions.includes('TLS1.2') && (versions.includes('TLS1.1') || versions.includes('TLS1.0'))
}

type Lists = { -readonly [Key in keyof Priorities]: string[] }

interface State extends Lists {
  signatures?: readonly string[]
  readonly remarks: { result: Result; says: string }[]
}

const protocols: Readonly<Record<string, Protocol>> = {
  ...{ 'TLS1.3': 'TLSv1.3', 'TLS1.2': 'TLSv1.2', 'TLS1.1': 'TLSv1.1', 'TLS1.0': 'TLSv1' },
}
const groupNames: Readonly<Record<string, string>> = {
  ...{ 'X25519-MLKEM768': 'X25519MLKEM768', 'SECP256R1-MLKEM768': 'SecP256r1MLKEM768' },
  'SECP384R1-MLKEM1024': 'SecP384r1MLKEM1024',
}
const listNames = ['versions', 'ciphers', 'macs', 'exchanges', 'groups'] as const

function applyItem(item: string, state: State): boolean {
  if (item.startsWith('%')) return speakOfFlag(item, state)
  const name = item.slice(1).toUpperCase()
  if (!/^[-+!]/.test(item)) {
    if (!Object.hasOwn(keywords, name)) return Object.hasOwn(keywords, item.toUpperCase())
  }
  if (name.startsWith('SIGN-')) return applySignature(item, state)
  if (/^(COMP|CTYPE)-/.test(name)) {
    state.remarks.push({ result: 'ignored', says: `${item}: ${unusedReasons[name.split('-')[0] as string]}` })
    return true
  }
  const change = item[0] === '+' ? append : remove
  if (item[0] === '+' && Object.hasOwn(keywords, name)) return addAll(keywords[name] as Priorities, state)
  const found = namesOf(name, { adds: item[0] === '+' })
  if (found === undefined) return false
  if (item[0] === '+') speakOfAddition(item, found, state)
  for (const each of found.names) change(each, found.list, state)
  return true
}

const unusedReasons: Readonly<Record<string, string>> = {
  COMP: 'there is no compression in TLS here at all',
  CTYPE: 'only X.509 certificates are read here',
}

/** What a keyword says of signatures changes with every GnuTLS, so items edit the list of the default set. */
function applySignature(item: string, state: State): true {
  const adds = item.startsWith('+')
  if (/^.SIGN-ALL$/i.test(item)) {
    if (adds) delete state.signatures
    else state.signatures = []
    return true
  }
  const name = findSignatureAlgorithm(item.slice(1))?.name
  const fault = explainUnusableSignature(name ?? item.slice(1))
  if (fault !== undefined && adds) state.remarks.push({ result: 'ignored', says: `${item}: ${fault.reason}` })
  const before = (state.signatures ?? profiles[newestProfile].signatureAlgorithms).filter((each) => each !== name)
  state.signatures = adds && name !== undefined && fault === undefined ? [...before, name] : before
  return true
}

/** The list an item speaks of, and the names in it. */
function namesOf(
  name: string,
  { adds }: { adds: boolean },
): { list: (typeof listNames)[number]; names: readonly string[] } | undefined {
  const all = /^(VERS-TLS|VERS|CIPHER|MAC|KX|GROUP|CURVE)-ALL$/.exec(name)?.[1]
  if (all !== undefined) {
    const list = listOfPrefix[all] as (typeof listNames)[number]
    // What is taken may be more than what is added: everything that any word has put there.
    return { list, names: adds ? everything[list] : known[list] }
  }
  if (/^VERS-(DTLS-ALL|DTLS\d)/.test(name)) return { list: 'versions', names: [] }
  const [, prefix, bare = name] = /^(VERS|GROUP|CURVE)-(.+)$/.exec(name) ?? []
  const lists = prefix === undefined ? (['ciphers', 'macs', 'exchanges'] as const) : [listOfPrefix[prefix] ?? 'groups']
  const list = lists.find((each) => known[each].includes(bare))
  return list === undefined ? undefined : { list, names: [bare] }
}

const listOfPrefix: Readonly<Record<string, (typeof listNames)[number]>> = {
  ...{ 'VERS-TLS': 'versions', VERS: 'versions', CIPHER: 'ciphers', MAC: 'macs', KX: 'exchanges' },
  ...{ GROUP: 'groups', CURVE: 'groups' },
}

function speakOfAddition(
  item: string,
  { list, names }: { list: string; names: readonly string[] },
  state: State,
): void {
  if (names.length !== 1) return
  const [name = ''] = names
  if (/^ANON-|^RSA-EXPORT$|^NULL$/.test(name)) {
    const why = name === 'NULL' ? 'encrypts nothing' : 'lets anyone pose as the backend'
    state.remarks.push({ result: 'dangerous', says: `${item}: ${why}; left out` })
  } else if (list !== 'groups' && list !== 'versions' && !suiteRows.some((row) => factsOf(row).includes(name))) {
    state.remarks.push({ result: 'ignored', says: `${item}: this platform has no such suite` })
  } else if (list === 'versions' && !Object.hasOwn(protocols, name)) {
    state.remarks.push({ result: 'ignored', says: `${item}: removed by platform` })
  } else if (list === 'groups' && findGroup(groupNames[name] ?? name) === undefined) {
    state.remarks.push({ result: 'ignored', says: `${item}: this platform has no such group` })
  }
}

function speakOfFlag(item: string, { remarks }: State): boolean {
  const flag = item.slice(1).toUpperCase().split('(')[0] as string
  const known = flagReasons[flag]
  if (known === undefined) remarks.push({ result: 'ignored', says: `${item}: a flag that has no counterpart here` })
  else remarks.push(known(item))
  return /^[A-Z0-9_]+$/.test(flag)
}

type FlagReason = (item: string) => { result: Result; says: string }
const ignored =
  (says: string): FlagReason =>
  (item) => ({ result: 'ignored', says: `${item}: ${says}` })
const dangerous =
  (says: string): FlagReason =>
  (item) => ({ result: 'dangerous', says: `${item}: ${says}; left out` })

const flagReasons: Readonly<Record<string, FlagReason>> = {
  SAFE_RENEGOTIATION: (item) => ({ result: 'taken', says: `${item}: OpenSSL 3 asks for RFC 5746 by itself` }),
  SERVER_PRECEDENCE: ignored('the order is chosen by the backend, and this is said to servers'),
  COMPAT: ignored('lowers checks for old peers; give a rule for such a backend instead'),
  ...{ UNSAFE_RENEGOTIATION: dangerous('renegotiation without RFC 5746 lets others put words in front') },
  ...{ DISABLE_SAFE_RENEGOTIATION: dangerous('renegotiation without RFC 5746 lets others put words in front') },
  ...{ VERIFY_ALLOW_SIGN_RSA_MD5: dangerous('MD5 signatures can be forged') },
  ...{ VERIFY_ALLOW_BROKEN: dangerous('broken signatures can be forged') },
  ...{ VERIFY_ALLOW_SIGN_WITH_SHA1: dangerous('SHA-1 signatures can be forged') },
  ...{ VERIFY_DISABLE_CRL_CHECKS: ignored('revocation is said in the policy') },
  ...{ PROFILE_VERY_WEAK: dangerous('keys of any weakness would pass') },
}

function copyOf(lists: Priorities): Lists {
  return Object.fromEntries(listNames.map((name) => [name, [...lists[name]]])) as unknown as Lists
}

function addAll(lists: Priorities, state: State): true {
  for (const list of listNames) for (const name of lists[list]) append(name, list, state)
  return true
}

function append(name: string, list: (typeof listNames)[number], state: State): void {
  if (!state[list].includes(name)) state[list].push(name)
}

function remove(name: string, list: (typeof listNames)[number], state: State): void {
  state[list] = state[list].filter((each) => each !== name)
}

function suitesOf({ versions, ciphers, macs, exchanges }: State): string[] {
  const rows = suiteRows.map((row) => ({ row, facts: factsOf(row) }))
  const older = versions.filter((version) => version !== 'TLS1.3')
  const tls13 =
    versions.includes('TLS1.3') && macs.includes('AEAD') ? ciphers.map((cipher) => ['any', cipher, 'AEAD']) : []
  const legacy =
    older.length === 0
      ? []
      : exchanges.flatMap((exchange) => ciphers.flatMap((cipher) => macs.map((mac) => [exchange, cipher, mac])))
  return [...tls13, ...legacy].flatMap((wanted) =>
    rows
      .filter(({ row, facts }) => facts.every((fact, index) => fact === wanted[index]) && isUsable(row, older))
      .map(({ row }) => row.iana),
  )
}

function isUsable({ iana, since }: SuiteRow, older: readonly string[]): boolean {
  // GnuTLS has no TLS 1.2 names for SHA-256 and SHA-384 suites in TLS 1.0, whatever OpenSSL does.
  if (since === 'TLSv1') return older.length > 0 && (older.includes('TLS1.2') || !/_SHA(256|384)$/.test(iana))
  return since === 'TLSv1.3' ? findSuite(iana) !== undefined : older.includes('TLS1.2')
}

/** Key exchange, cipher and MAC as GnuTLS calls them. */
function factsOf({ keyExchange, authentication, encryption, mac }: SuiteRow): [string, string, string] {
  const exchange = `${keyExchange} ${authentication}`
  return [exchanges[exchange] ?? keyExchange, encryption.replace(/^(\w+).*?\((\d+)\)$/, cipherName), mac]
}

const exchanges: Readonly<Record<string, string>> = {
  ...{ 'DH RSA': 'DHE-RSA', 'ECDH RSA': 'ECDHE-RSA', 'ECDH ECDSA': 'ECDHE-ECDSA', 'RSA RSA': 'RSA' },
  ...{ 'PSK PSK': 'PSK', 'RSAPSK RSA': 'RSA-PSK', 'DHEPSK PSK': 'DHE-PSK', 'ECDHEPSK PSK': 'ECDHE-PSK' },
  ...{ 'SRP SRP': 'SRP', 'SRP RSA': 'SRP-RSA' },
}

function cipherName(_: string, name: string, bits: string): string {
  if (name === 'CHACHA20') return 'CHACHA20-POLY1305'
  const mode = { AES: 'CBC', AESGCM: 'GCM', AESCCM: 'CCM', AESCCM8: 'CCM-8' }[name] ?? name
  return `AES-${bits}-${mode}`
}
