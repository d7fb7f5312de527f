/**
 * Brings what another product asks for into what a policy can say and this runtime can do. The rule of this file: what
 * comes out always compiles (a protocol with no suite, a suite with no protocol and a group for nobody are dropped),
 * nothing is offered that was not asked for unless nothing at all is left, and each step is told at the line that asked.
 */
import { findSuite } from '../policy/catalogue/catalogue.ts'
import { findGroup } from '../policy/catalogue/groups.ts'
import { newestProfile, profiles } from '../policy/catalogue/profiles.ts'
import { allProtocols, holesIn } from '../policy/document/check-legacy.ts'
import type { Protocol } from '../policy/policy.ts'
import { fitSignatures } from './fit-signatures.ts'
import type { TlsInput } from './importer.ts'
import type { Tell } from './report.ts'
import type { Said, TlsWish } from './tls-wish.ts'

/** Where it is to stand: a security level under the usual one is for a rule alone. */
export interface Fitting {
  readonly scope: 'policy' | 'rule'
  readonly tell: Tell
}

/** Makes the `tls` entry; undefined when nothing was asked for that the default does not give. */
export function fitTls(wish: TlsWish, fitting: Fitting): TlsInput | undefined {
  const level = fitLevel(wish.securityLevel, fitting)
  const legacy = { ...(level === undefined ? {} : { securityLevel: level }), ...fitRenegotiation(wish, fitting) }
  const legacyEntry = Object.keys(legacy).length === 0 ? {} : { legacy }
  const asked = fitProtocols(wish.protocols, level, fitting)
  const suites = fitSuites(wish, asked, fitting)
  const protocols = asked.filter((protocol) => suites.some((name) => serves(name, [protocol])))
  tellOfLost(asked, protocols, wish, fitting)
  if (protocols.length === 0 || isSilent(wish, protocols)) {
    return Object.keys(legacyEntry).length === 0 ? undefined : legacyEntry
  }
  const ciphers = suites.filter((name) => serves(name, protocols))
  const groups = fitGroups(wish.groups, protocols, ciphers, fitting)
  const needs = { protocols, ciphers, level: level ?? usualLevel }
  const signatures = fitSignatures(wish.signatureAlgorithms, needs, fitting.tell)
  return {
    configuration: 'custom',
    protocols: [...protocols],
    ciphers: [...ciphers],
    ...(groups === undefined ? {} : { groups: [...groups] }),
    ...(signatures === undefined ? {} : { signatureAlgorithms: [...signatures] }),
    ...legacyEntry,
  }
}

const defaults = profiles[newestProfile]
const usualProtocols: readonly Protocol[] = ['TLSv1.3', 'TLSv1.2']
const usualLevel = 2

function isSilent(wish: TlsWish, protocols: readonly Protocol[]): boolean {
  const lists = [wish.legacy, wish.tls13, wish.groups, wish.signatureAlgorithms]
  return lists.every((each) => each === undefined) && protocols.join() === usualProtocols.join()
}

function fitLevel(said: TlsWish['securityLevel'], { scope, tell }: Fitting): 0 | 1 | undefined {
  if (said === undefined) return undefined
  const { value, at } = said
  if (value > usualLevel) {
    tell(
      at,
      'changed',
      `level ${value}: suites under it are dropped; keys and signatures are held to level ${usualLevel}`,
    )
    return undefined
  }
  if (value === usualLevel) {
    tell(at, 'taken', `level ${usualLevel} is what always holds`)
    return undefined
  }
  const risk = `security level ${value}: keys and signatures of ${value === 0 ? 'any weakness' : '80 bits'} pass`
  if (scope === 'rule') tell(at, 'dangerous', `${risk}, from this backend alone`)
  else tell(at, 'dangerous', `${risk}; left out: give the rule of one old backend legacy: { securityLevel: ${value} }`)
  return scope === 'rule' ? (value === 0 ? 0 : 1) : undefined
}

function fitRenegotiation({ unsafeRenegotiation: said }: TlsWish, { scope, tell }: Fitting) {
  if (said === undefined) return {}
  const risk = 'without RFC 5746 whoever is on the way can put a request of their own in front of ours'
  if (scope === 'rule') tell(said.at, 'dangerous', `${risk}; from this backend alone`)
  else
    tell(said.at, 'dangerous', `${risk}; left out: give the rule of one backend legacy: { unsafeRenegotiation: true }`)
  return scope === 'rule' ? { unsafeRenegotiation: true } : {}
}

function fitProtocols(said: TlsWish['protocols'], level: number | undefined, { tell }: Fitting): Protocol[] {
  if (said === undefined) return [...usualProtocols]
  const asked = newestFirst(said.value)
  const kept = asked.filter((protocol) => level === 0 || (protocol !== 'TLSv1' && protocol !== 'TLSv1.1'))
  const lost = asked.filter((protocol) => !kept.includes(protocol))
  if (lost.length > 0) {
    const remedy = 'a rule may take them back for one backend with legacy: { securityLevel: 0 }'
    tell(said.at, 'changed', `${lost.join(', ')} left out: nothing under security level 0 speaks them; ${remedy}`)
  }
  const run = withoutHole(kept)
  const below = kept.filter((protocol) => !run.includes(protocol))
  if (below.length > 0) {
    const why = 'a hello offers a range, and what lies between was not asked for'
    tell(said.at, 'changed', `${below.join(', ')} left out: ${why}`)
  }
  if (run.length > 0) tell(said.at, 'taken', `protocols: ${run.join(', ')}`)
  return run
}

/** The newest protocols down to the first one that is missing; `protocols` come newest first. */
function withoutHole(protocols: readonly Protocol[]): Protocol[] {
  const hole = holesIn(protocols.toReversed()).at(-1)
  if (hole === undefined) return [...protocols]
  return protocols.filter((protocol) => allProtocols.indexOf(protocol) > allProtocols.indexOf(hole))
}

function newestFirst(protocols: readonly Protocol[]): Protocol[] {
  return (['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'] as const).filter((each) => protocols.includes(each))
}

function fitSuites(wish: TlsWish, protocols: readonly Protocol[], { scope, tell }: Fitting): string[] {
  const level = wish.securityLevel?.value ?? usualLevel
  const defaultLegacy = defaults.ciphers.filter((name) => !isTls13(name))
  // Who asks for an old protocol and names no suites has to get some that it can use.
  const speaksOld = protocols.some((protocol) => protocol === 'TLSv1' || protocol === 'TLSv1.1')
  const unsaid = speaksOld ? [...defaultLegacy, ...oldSuites] : defaultLegacy
  if (speaksOld && wish.legacy === undefined && wish.protocols !== undefined) {
    const added = oldSuites.map((name) => findSuite(name)?.openssl).join(', ')
    tell(wish.protocols.at, 'changed', `no suite of the default set works before TLSv1.2: ${added} are offered as well`)
  }
  const usable = (said: Said<readonly string[]>): string[] => {
    const names = [...new Set(said.value)].filter((name) => findSuite(name) !== undefined)
    const free = names.filter((name) => findSuite(name)?.needs === undefined)
    const secrets = names.length - free.length
    if (secrets > 0) tell(said.at, 'ignored', `${secrets} of its suites need a shared secret, which no rule can give`)
    const short = scope === 'rule' && level === 0 ? [] : free.filter(hasShortTag)
    if (short.length > 0) {
      const why = 'OpenSSL gives up tags of 64 bits above security level 0'
      tell(said.at, 'changed', `${short.join(', ')} left out: ${why}`)
    }
    return free.filter((name) => isStrong(name, level) && !short.includes(name))
  }
  const tls13 = wish.tls13 === undefined ? defaults.ciphers.filter(isTls13) : usable(wish.tls13).filter(isTls13)
  const legacy = wish.legacy === undefined ? unsaid : usable(wish.legacy).filter((name) => !isTls13(name))
  return [...tls13, ...legacy]
}

const oldSuites = [
  ...['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA'],
  ...['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
]

function hasShortTag(name: string): boolean {
  return findSuite(name)?.weaknesses.includes('short-tag') ?? false
}

/** OpenSSL's levels from 3 on want forward secrecy, 4 and 5 more than 128 and 192 bits. */
function isStrong(name: string, level: number): boolean {
  if (level <= usualLevel) return true
  return findSuite(name)?.forwardSecrecy === true && (level === 3 || !/AES_128/.test(name))
}

function tellOfLost(asked: readonly Protocol[], kept: readonly Protocol[], wish: TlsWish, { tell }: Fitting): void {
  const said = [wish.legacy, wish.tls13, wish.protocols].find((each) => each !== undefined)
  if (said === undefined) return
  if (kept.length === 0) {
    tell(
      said.at,
      'changed',
      `nothing is left of it that this runtime has: the default set ${newestProfile} holds instead`,
    )
  }
  const lost = asked.filter((protocol) => !kept.includes(protocol))
  if (kept.length > 0 && lost.length > 0) {
    tell(said.at, 'changed', `${lost.join(', ')} left out: none of the suites asked for works in it`)
  }
}

/** Groups that leave some protocol without any are not taken at all: a handshake could never succeed. */
function fitGroups(
  said: TlsWish['groups'],
  protocols: readonly Protocol[],
  ciphers: readonly string[],
  { tell }: Fitting,
): readonly string[] | undefined {
  if (said === undefined) return undefined
  const chosen = [...new Set(said.value.flatMap((name) => findGroup(name) ?? []))]
  const needs13 = protocols.includes('TLSv1.3')
  const needs12 = ciphers.some((name) => name.startsWith('TLS_ECDHE_'))
  const serves =
    (!needs13 || chosen.some((group) => group.inTls13)) && (!needs12 || chosen.some((group) => group.inTls12))
  const useful = chosen.filter((group) => (needs13 && group.inTls13) || (needs12 && group.inTls12))
  if (serves && useful.length > 0) {
    tell(said.at, 'taken', `groups: ${useful.map(({ name }) => name).join(', ')}`)
    return useful.map(({ name }) => name)
  }
  tell(
    said.at,
    'changed',
    'not every protocol and suite chosen would have a group: those of the default set hold instead',
  )
  return undefined
}

function serves(name: string, protocols: readonly Protocol[]): boolean {
  return findSuite(name)?.protocols.some((protocol) => protocols.includes(protocol)) ?? false
}

function isTls13(name: string): boolean {
  return findSuite(name)?.protocols[0] === 'TLSv1.3'
}
