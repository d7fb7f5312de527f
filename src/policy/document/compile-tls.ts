/**
 * Turns what a document says about protocols, suites and groups into what is offered in a ClientHello. Names are
 * already known to exist (fields.ts); this file minds that they fit together: a list that offers nothing for a chosen
 * protocol would fail at the first handshake, or worse, offer something nobody wrote down.
 */
import { findSuite, type Suite, type Weakness, weaknessReasons } from '../catalogue/catalogue.ts'
import { checkSignatures, keysOf, provable, signaturesFor, usualSignatures } from '../catalogue/choose-signatures.ts'
import { findGroup, type Group, writeGroups } from '../catalogue/groups.ts'
import { newestProfile, type Profile, profiles } from '../catalogue/profiles.ts'
import { warnOfLost } from '../catalogue/warn-of-lost.ts'
import type { Protocol, TlsOffer } from '../policy.ts'
import { allProtocols, checkLegacy, holesIn, usualDhBits, usualSecurityLevel } from './check-legacy.ts'
import type { TlsEntry } from './schema.ts'
import { choosesOwnSet, type TlsScope } from './tls-scope.ts'
import { warnOfRepeats } from './warn-of-repeats.ts'

/** Compiles TLS settings with everything inherited filled in. */
export function compileTls(entry: TlsEntry, scope: TlsScope): TlsOffer {
  checkKeysFit(entry, scope)
  const isCustom = entry.configuration === 'custom'
  const profileName = entry.profile ?? newestProfile
  const profile: Profile = profiles[isCustom ? newestProfile : profileName]
  const lists = isCustom ? entry : {}
  if (lists.ciphers === undefined) warnOfLost(isCustom ? newestProfile : profileName, profile, scope)

  const protocols = ascending(lists.protocols ?? profile.protocols)
  const groups = groupsFor(protocols, lists.groups ?? profile.groups, entry.postQuantum)
  const postQuantum = groups.some((group) => group.postQuantum) ? (entry.postQuantum ?? 'compatible') : 'off'
  const {
    securityLevel = usualSecurityLevel,
    unsafeRenegotiation = false,
    minDhBits = usualDhBits,
  } = entry.legacy ?? {}
  const signatures = lists.signatureAlgorithms ?? usualSignatures(profile.signatureAlgorithms, securityLevel)

  const asked = signaturesFor([...protocols, ...holesIn(protocols)], signatures)
  const suites = suitesFor(protocols, lists.ciphers ?? profile.ciphers).filter(
    (suite) => provable(suite, asked) && fitsLevel(suite, securityLevel),
  )

  checkLegacy(protocols, entry, scope)
  checkSignatures(protocols, { entry, securityLevel }, scope)
  checkSuites(protocols, suites, entry, scope)
  checkGroups(protocols, suites, groups, scope)
  warnOfRepeats(scope)
  warnOfWeakSuites(suites, scope)
  return {
    configuration: isCustom ? 'custom' : 'default',
    ...(isCustom ? {} : { profile: profileName }),
    protocols,
    ciphers: suites.map(({ iana }) => iana),
    openssl: {
      legacy: suites.filter((suite) => !isTls13(suite)).map(({ openssl }) => openssl),
      tls13: suites.filter(isTls13).map(({ openssl }) => openssl),
    },
    groups: writeGroups(
      groups.map(({ name }) => name),
      postQuantum,
    ),
    postQuantum,
    signatureAlgorithms: asked.map(({ name }) => name),
    securityLevel,
    unsafeRenegotiation,
    minDhBits,
  }
}

/** Lays what a rule says over what the policy says. A rule that chooses its own set inherits none of the lists. */
export function inheritTls(outer: TlsEntry, inner: TlsEntry): TlsEntry {
  const inherited: TlsEntry = choosesOwnSet(inner) ? { postQuantum: outer.postQuantum } : outer
  return { configuration: 'default', ...inherited, ...inner }
}

/** A rule that writes one list of its own and leaves out another may mean the policy's, and does not get it. */
export function warnOfUnsaid(outer: TlsEntry, { path, note, said }: TlsScope): void {
  if (outer.configuration !== 'custom' || said.configuration !== 'custom') return
  const unsaid = listKeys.filter((key) => outer[key] !== undefined && said[key] === undefined)
  if (unsaid.length === 0 || listKeys.every((key) => said[key] === undefined)) return
  const whose = `of the default set ${newestProfile} hold, not those of spec.tls`
  note('warning', [...path, 'configuration'], `leaves ${unsaid.join(', ')} unsaid: those ${whose}`)
}

const listKeys = ['protocols', 'ciphers', 'groups', 'signatureAlgorithms'] as const

function ascending(protocols: readonly Protocol[]): Protocol[] {
  return allProtocols.filter((protocol) => protocols.includes(protocol))
}

function suitesFor(protocols: readonly Protocol[], names: readonly string[]): Suite[] {
  const suites = names.flatMap((name) => findSuite(name) ?? [])
  return [...new Set(suites)].filter((suite) => serves(suite, protocols))
}

function groupsFor(protocols: readonly Protocol[], names: readonly string[], postQuantum?: string): Group[] {
  const groups = names.flatMap((name) => findGroup(name) ?? [])
  return [...new Set(groups)]
    .filter(({ inTls12, inTls13 }) => (inTls13 && protocols.includes('TLSv1.3')) || (inTls12 && hasOlder(protocols)))
    .filter((group) => postQuantum !== 'off' || !group.postQuantum)
}

function checkKeysFit(entry: TlsEntry, { path, note, said }: TlsScope): void {
  const [misplaced, other] =
    entry.configuration === 'custom' ? ([['profile'], 'default'] as const) : ([listKeys, 'custom'] as const)
  if (
    said.configuration === 'custom' &&
    said.profile === undefined &&
    !listKeys.some((key) => entry[key] !== undefined)
  ) {
    note('warning', [...path, 'configuration'], 'means the same as default: no list is given')
  }
  for (const key of misplaced) {
    if (said[key] !== undefined) note('error', [...path, key], `is read under configuration: ${other} only`)
  }
}

function checkSuites(protocols: readonly Protocol[], suites: readonly Suite[], entry: TlsEntry, scope: TlsScope): void {
  const { path, note, said } = scope
  const place = said.ciphers === undefined && said.protocols !== undefined ? 'protocols' : 'ciphers'
  for (const protocol of protocols) {
    if (suites.some((suite) => serves(suite, [protocol]))) continue
    note('error', [...path, place], `no suite for ${protocol}: name one that it can use, or take it from protocols`)
  }
  if (entry.configuration !== 'custom') return
  for (const [index, name] of (said.ciphers ?? []).entries()) {
    const suite = findSuite(name)
    if (suite === undefined || suites.includes(suite)) continue
    note('warning', [...path, 'ciphers', index], `${name} is never offered: ${whyLeftOut(suite, protocols, entry)}`)
  }
}

function whyLeftOut(suite: Suite, protocols: readonly Protocol[], { legacy }: TlsEntry): string {
  if (!serves(suite, protocols)) return `it works in ${suite.protocols.join(', ')}, which protocols leaves out`
  if (!fitsLevel(suite, legacy?.securityLevel ?? usualSecurityLevel)) {
    return 'OpenSSL gives up tags of 64 bits above security level 0'
  }
  return `no signature algorithm here is made with its kind of key (${keysOf(suite).join(', ')})`
}

/** OpenSSL counts a suite as strong as its tag, and leaves out in silence what is below its security level. */
function fitsLevel({ weaknesses }: Suite, securityLevel: number): boolean {
  return securityLevel === 0 || !weaknesses.includes('short-tag')
}

function checkGroups(
  protocols: readonly Protocol[],
  suites: readonly Suite[],
  groups: readonly Group[],
  { path, note, said }: TlsScope,
): void {
  const needsOlder = suites.some((suite) => !isTls13(suite) && suite.iana.startsWith('TLS_ECDHE_'))
  const missing = [
    ...(protocols.includes('TLSv1.3') && !groups.some(({ inTls13 }) => inTls13) ? ['TLSv1.3'] : []),
    ...(needsOlder && !groups.some(({ inTls12 }) => inTls12) ? ['ECDHE up to TLSv1.2'] : []),
  ]
  if (missing.length > 0) note('error', [...path, 'groups'], `no group for ${missing.join(' and ')}`)
  const hasHybrid = groups.some((group) => group.postQuantum)
  if (said.postQuantum === 'prefer' && !hasHybrid) {
    note('warning', [...path, 'postQuantum'], 'has no effect: no post-quantum group is offered (TLSv1.3 only)')
  }
  for (const [index, name] of (said.groups ?? []).entries()) {
    const group = findGroup(name)
    if (group === undefined || groups.includes(group)) continue
    const reason =
      group.postQuantum && protocols.includes('TLSv1.3') ? 'postQuantum is off' : 'no protocol here uses it'
    note('warning', [...path, 'groups', index], `${name} is never offered: ${reason}`)
  }
}

/** One warning for each kind of weakness, not for each suite: a list of twenty would hide the rest of the report. */
function warnOfWeakSuites(suites: readonly Suite[], { path, note, said }: TlsScope): void {
  const place = (['ciphers', 'profile', 'configuration'] as const).find((key) => said[key] !== undefined)
  if (place === undefined) return
  for (const weakness of Object.keys(weaknessReasons) as Weakness[]) {
    const weak = suites.filter(({ weaknesses }) => weaknesses.includes(weakness)).map((suite) => asWritten(suite, said))
    if (weak.length === 0) continue
    const named = weak.length > 3 ? `${weak.slice(0, 3).join(', ')} and ${weak.length - 3} more` : weak.join(', ')
    const { called, reason } = weaknessReasons[weakness]
    note('warning', [...path, place], `offers ${called} (${named}): ${reason}`)
  }
}

/** Searching the file for the name in a warning must find it. */
function asWritten(suite: Suite, { ciphers = [] }: TlsEntry): string {
  return ciphers.find((name) => findSuite(name) === suite) ?? suite.openssl
}

function serves(suite: Suite, protocols: readonly Protocol[]): boolean {
  return suite.protocols.some((protocol) => protocols.includes(protocol))
}

function isTls13(suite: Suite): boolean {
  return suite.protocols[0] === 'TLSv1.3'
}

function hasOlder(protocols: readonly Protocol[]): boolean {
  return protocols.some((protocol) => protocol !== 'TLSv1.3')
}
