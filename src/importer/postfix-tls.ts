import { findSuite } from '../policy/catalogue/catalogue.ts'
import { newestProfile, profiles } from '../policy/catalogue/profiles.ts'
import { fitTls } from './fit-tls.ts'
import type { ImportContext, TlsInput } from './importer.ts'
import { readNamedProtocols } from './protocol-lists.ts'
import type { Assignment } from './read-lines.ts'
import { readCipherString, readGroupNames } from './read-names.ts'
import type { TlsWish } from './tls-wish.ts'

/** The security levels of Postfix, weakest first; longer names first where one begins another. */
export const levelNames = ['none', 'may', 'encrypt', 'dane-only', 'dane', 'fingerprint', 'verify', 'secure'] as const

/** The parameters of main.cf, and what a line of the policy table says over them. */
export interface PostfixScope {
  readonly parameters: ReadonlyMap<string, Assignment>
  readonly overrides: ReadonlyMap<string, Assignment>
}

/** Reads protocols and suites. Levels that insist on TLS have lists of their own. */
export function postfixTls(
  { parameters, overrides }: PostfixScope,
  level: string,
  { scope, context }: { readonly scope: 'policy' | 'rule'; readonly context: ImportContext },
): TlsInput | undefined {
  const { tell } = context
  const mandatory = level !== '' && level !== 'may' && level !== 'none'
  const named = (what: string): Assignment | undefined => {
    const own = parameters.get(`smtp_tls_mandatory_${what}`)
    const general = parameters.get(`smtp_tls_${what}`)
    const taken = mandatory ? (own ?? general) : general
    const other = mandatory ? (own === undefined ? undefined : general) : own
    if (other !== undefined && scope === 'policy')
      tell(other.at, 'ignored', 'is for other security levels than the one said')
    return taken?.value === '' ? undefined : taken
  }
  const protocols = overrides.get('protocols') ?? named('protocols')
  const exclude = overrides.get('exclude') ?? named('exclude_ciphers')
  const ciphers = cipherString(overrides.get('ciphers') ?? named('ciphers'), exclude, parameters, context)
  const groups = parameters.get('tls_eecdh_auto_curves')
  const wish: TlsWish = {
    ...(protocols === undefined ? {} : readNamedProtocols(protocols.value, protocols.at, tell)),
    ...(ciphers === undefined ? {} : readCipherString(ciphers.value, ciphers.at, tell)),
    ...(groups === undefined ? {} : groupsOf(groups, tell)),
  }
  return fitTls(wish, { scope, tell })
}

/** Postfix's own default is that of OpenSSL, which says to us to keep to ours. */
function groupsOf({ value, at }: Assignment, tell: ImportContext['tell']): TlsWish {
  if (value !== '' && !/\bDEFAULT\b/i.test(value)) return readGroupNames(value, at, tell)
  tell(at, 'taken', 'the groups of the default set')
  return {}
}

/** A grade stands for a list that main.cf may define; without one it is ours that holds, less what is excluded. */
function cipherString(
  grade: Assignment | undefined,
  exclude: Assignment | undefined,
  parameters: PostfixScope['parameters'],
  { tell }: ImportContext,
): Assignment | undefined {
  const list = grade === undefined ? undefined : parameters.get(`tls_${grade.value.toLowerCase()}_cipherlist`)
  if (grade !== undefined && /^(export|low|null)$/i.test(grade.value)) {
    tell(grade.at, 'dangerous', `${grade.value}: suites that were made to be broken, or encrypt nothing; left out`)
  }
  if (grade !== undefined && list !== undefined) tell(grade.at, 'taken', `the list of line ${list.at.line}`)
  else if (grade !== undefined)
    tell(grade.at, 'changed', 'no list of its own is given for the grade: the default set holds')
  if (exclude === undefined) return list
  const words = exclude.value.split(/[:,\s]+/).filter((each) => each !== '')
  tell(exclude.at, 'taken', 'leaves out what it names')
  const usual = profiles[newestProfile].ciphers.flatMap((name) => findSuite(name)?.openssl ?? [])
  const base = list?.value ?? usual.filter((name) => !name.startsWith('TLS_')).join(':')
  return { ...(list ?? exclude), value: [base, ...words.map((each) => `!${each}`)].join(':') }
}
