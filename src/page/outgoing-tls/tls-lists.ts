/** What the two columns hold, and which values of the policy change when somebody turns to custom, to default, or resets. */
import type { Catalogue } from '../../admin/contract.ts'
import type { Edit, TlsChoice } from '../draft/policy-spec.ts'

export interface Lists {
  readonly protocols: readonly string[]
  /** In order of preference, by their IANA names; a name that this runtime does not know stays as it is written. */
  readonly ciphers: readonly string[]
}

type Suite = Catalogue['suites'][number]

/** Gives what is selected: the lists of a custom configuration, else those of the default set that is followed. */
export function listsOf(tls: TlsChoice, catalogue: Catalogue): Lists {
  const isCustom = tls.configuration === 'custom'
  const profile = profileOf(isCustom ? undefined : tls.profile, catalogue)
  const protocols = (isCustom ? tls.protocols : undefined) ?? profile.protocols
  const ciphers = (isCustom ? tls.ciphers : undefined) ?? profile.ciphers
  return { protocols, ciphers: [...new Set(ciphers.map((name) => ianaName(name, catalogue)))] }
}

/** Finds a suite under any of its names. */
export function suiteNamed(name: string, { suites }: Catalogue): Suite | undefined {
  return suites.find(({ iana, openssl, java }) => iana === name || openssl === name || java.includes(name))
}

/** The lists that a custom configuration had before somebody turned to default, to come back with it. */
export type SetAside = Pick<TlsChoice, 'protocols' | 'ciphers' | 'groups' | 'signatureAlgorithms'>

/** Turns to a custom configuration, which begins with what was selected so far. */
export function toCustom(lists: Lists, setAside: SetAside | null): readonly Edit[] {
  const { protocols = lists.protocols, ciphers = lists.ciphers, ...rest } = setAside ?? {}
  return [
    { path: [...place, 'configuration'], value: 'custom' },
    { path: [...place, 'profile'] },
    ...Object.entries({ protocols, ciphers, ...rest }).map(([key, value]) => ({ path: [...place, key], value })),
  ]
}

/** Turns to a default set; the newest when none is named. */
export function toDefault(profile?: string): readonly Edit[] {
  return [
    { path: [...place, 'configuration'], value: 'default' },
    ...listKeys.map((key) => ({ path: [...place, key] })),
    { path: [...place, 'profile'], ...(profile === undefined ? {} : { value: profile }) },
  ]
}

/** Puts the lists of a custom configuration back to the default ones. It stays a custom configuration. */
export function resetLists(catalogue: Catalogue): readonly Edit[] {
  const { protocols, ciphers } = profileOf(undefined, catalogue)
  return [
    { path: [...place, 'protocols'], value: protocols },
    { path: [...place, 'ciphers'], value: ciphers },
    { path: [...place, 'groups'] },
    { path: [...place, 'signatureAlgorithms'] },
  ]
}

function profileOf(name: string | undefined, { profiles, newestProfile }: Catalogue): Lists {
  const found = profiles.find((profile) => profile.name === (name ?? newestProfile))
  if (found === undefined) throw new Error(`the catalogue has no default set ${name ?? newestProfile}`)
  return found
}

function ianaName(name: string, catalogue: Catalogue): string {
  return suiteNamed(name, catalogue)?.iana ?? name
}

/** Where all of it stands in the document. */
export const place = ['spec', 'tls']
const listKeys = ['protocols', 'ciphers', 'groups', 'signatureAlgorithms']
