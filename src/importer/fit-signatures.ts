/** Brings a list of signature algorithms into a policy: whole where every protocol and suite can be proven by it. */
import { findSuite } from '../policy/catalogue/catalogue.ts'
import { provable, signaturesFor } from '../policy/catalogue/choose-signatures.ts'
import type { Protocol } from '../policy/policy.ts'
import type { Tell } from './report.ts'
import type { Said } from './tls-wish.ts'

/** What the list has to serve. */
export interface SignatureNeeds {
  readonly protocols: readonly Protocol[]
  readonly ciphers: readonly string[]
  readonly level: number
}

/** Gives the algorithms to write; undefined where the default set holds. */
export function fitSignatures(
  said: Said<readonly string[]> | undefined,
  { protocols, ciphers, level }: SignatureNeeds,
  tell: Tell,
): readonly string[] | undefined {
  if (said === undefined) return undefined
  const sent = signaturesFor(protocols, said.value)
  const chosen = sent.filter(({ bits }) => bits >= (leastBits[level] ?? 112))
  const names = chosen.map(({ name }) => name)
  const lost = said.value.filter((name) => !names.includes(name))
  const serves = { 'TLSv1.2': chosen.some(({ inTls12 }) => inTls12), 'TLSv1.3': chosen.some(({ inTls13 }) => inTls13) }
  const isServed = (['TLSv1.2', 'TLSv1.3'] as const).every((each) => serves[each] || !protocols.includes(each))
  const suites = ciphers.flatMap((name) => findSuite(name) ?? [])
  if (names.length === 0 || !isServed || !suites.every((suite) => provable(suite, chosen))) {
    const why = 'not every protocol and suite chosen could be proven by them'
    tell(said.at, 'changed', `${why}: the signature algorithms of the default set hold instead`)
    return undefined
  }
  const without = lost.length === 0 ? '' : `; without ${lost.join(', ')}, which nothing here would use`
  tell(said.at, lost.length === 0 ? 'taken' : 'changed', `signature algorithms: ${names.join(', ')}${without}`)
  return names
}

/** What OpenSSL takes at its security levels. */
const leastBits: readonly number[] = [0, 80, 112]
