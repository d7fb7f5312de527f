/** Reads the lists that many products write alike: cipher strings, TLS 1.3 suites, groups, names of protocols. */
import { explainUnusableSuite, findSuite } from '../policy/catalogue/catalogue.ts'
import { findGroup } from '../policy/catalogue/groups.ts'
import { findKnownGroup } from '../policy/catalogue/known-groups.ts'
import { retiredProtocol } from '../policy/catalogue/retired.ts'
import { explainUnusableSignature, findSignatureAlgorithm } from '../policy/catalogue/signature-algorithms.ts'
import type { Protocol } from '../policy/policy.ts'
import { expandCipherString } from './cipher-string.ts'
import type { Place, Result, Tell } from './report.ts'
import type { TlsWish } from './tls-wish.ts'

/** Reads an OpenSSL cipher string, with the security level it may carry. */
export function readCipherString(text: string, at: Place, tell: Tell): TlsWish {
  const { suites, securityLevel, remarks } = expandCipherString(text)
  for (const { result, says } of remarks) tell(at, result, says)
  tell(at, suites.length > 0 ? 'taken' : 'ignored', describeSuites(suites))
  return {
    legacy: { value: suites, at },
    ...(securityLevel === undefined ? {} : { securityLevel: { value: securityLevel, at } }),
  }
}

/** Reads the separate list of TLS 1.3 suites that OpenSSL keeps. */
export function readTls13Suites(text: string, at: Place, tell: Tell): TlsWish {
  const { suites } = readSuiteNames(text.split(/[:\s,]+/), at, tell)
  const tls13 = suites.filter((name) => findSuite(name)?.protocols[0] === 'TLSv1.3')
  tell(at, tls13.length > 0 ? 'taken' : 'ignored', describeSuites(tls13))
  return { tls13: { value: tls13, at } }
}

/** Reads suites named one by one, in whatever product's way; what cannot be offered is told. */
export function readSuiteNames(
  names: readonly string[],
  at: Place,
  tell: Tell,
): { readonly suites: readonly string[] } {
  const suites = names
    .filter((name) => name !== '')
    .flatMap((name) => {
      const suite = findSuite(name)
      if (suite !== undefined) return suite.iana
      const { reason = '' } = explainUnusableSuite(name) ?? {}
      const result: Result = /anonymous|encrypts nothing|made to be broken/.test(reason) ? 'dangerous' : 'ignored'
      tell(at, result, `${name}: ${reason}`)
      return []
    })
  return { suites }
}

/** Says what a list came to without filling the screen: the policy has every name. */
export function describeSuites(suites: readonly string[]): string {
  // Those that need a shared secret are spoken of where they are left out.
  const names = suites.flatMap((name) => {
    const suite = findSuite(name)
    return suite === undefined || suite.needs !== undefined ? [] : suite.openssl
  })
  if (names.length === 0) return 'comes to no suite that this runtime can offer'
  const shown = names.slice(0, 4).join(', ')
  return `${names.length} ${names.length === 1 ? 'suite' : 'suites'}: ${shown}${names.length > 4 ? ', …' : ''}`
}

/** Reads a list of groups; OpenSSL 3.5's signs for key shares and optional names are read over. */
export function readGroupNames(text: string, at: Place, tell: Tell): TlsWish {
  if (/^(auto|default)$/i.test(text.trim())) {
    tell(at, 'taken', 'the groups of the default set')
    return {}
  }
  const groups = text.split(/[:,/\s]+/).flatMap((entry) => {
    const name = entry.replace(/^[?*]+/, '')
    if (name === '') return []
    const group = name.startsWith('-') ? undefined : findGroup(groupAliases[name.toLowerCase()] ?? name)
    const reason = findKnownGroup(name)?.reason ?? ''
    if (group === undefined)
      tell(at, 'ignored', `${name}: not a group that a policy can name${reason === '' ? '' : `: ${reason}`}`)
    return group?.name ?? []
  })
  return { groups: { value: groups, at } }
}

/** Reads a list of signature algorithms, under the names of any library. */
export function readSignatureNames(text: string, at: Place, tell: Tell): TlsWish {
  const names = text.split(/[:,\s]+/).flatMap((entry) => {
    const name = entry.replace(/^\?/, '')
    const fault = name === '' ? undefined : explainUnusableSignature(name)
    if (fault !== undefined) tell(at, 'ignored', `${name}: ${fault.reason}`)
    return fault === undefined ? (findSignatureAlgorithm(name)?.name ?? []) : []
  })
  return { signatureAlgorithms: { value: [...new Set(names)], at } }
}

/** Names that only other libraries use. */
const groupAliases: Readonly<Record<string, string>> = { 'p-256': 'P-256', nistp256: 'P-256', nistp384: 'P-384' }

/** Reads one name of a protocol, in the spelling of any product; undefined for none of ours, told if it is gone. */
export function readProtocolName(name: string, at: Place, tell: Tell): Protocol | undefined {
  const version = /^tls(?:v|-)?1(?:[._]?([0123]))?$/i.exec(name)
  if (version !== null) return protocolOfMinor[version[1] ?? '0']
  const retired = retiredProtocol(name)
  tell(at, 'ignored', retired === undefined ? `${name} is no protocol` : `${name}: removed by platform: ${retired}`)
  return undefined
}

const protocolOfMinor: Readonly<Record<string, Protocol>> = {
  ...{ '0': 'TLSv1', '1': 'TLSv1.1', '2': 'TLSv1.2', '3': 'TLSv1.3' },
}

/** Every protocol there is, oldest first. */
export const allProtocols: readonly Protocol[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/** Gives the protocols from `min` to `max`, both included; an end that is not said is open. */
export function protocolRange(min: Protocol | undefined, max: Protocol | undefined): readonly Protocol[] {
  const first = min === undefined ? 0 : allProtocols.indexOf(min)
  const last = max === undefined ? allProtocols.length : allProtocols.indexOf(max)
  return allProtocols.slice(first, last + 1)
}
