/**
 * What another product says about revoked certificates, as a mode and kinds of sources. Files become the folder `crls`,
 * responders those that certificates name; where the other product refuses what nobody can say, the mode is `hard`.
 */
import type { RuleInput } from './importer.ts'
import type { Assignment } from './read-lines.ts'
import type { Tell } from './report.ts'

/** The part of a rule, or of the policy, that says whether revocation is looked for. */
export type RevocationInput = NonNullable<RuleInput['revocation']>

/** What every importer says of lists and responders where nothing is verified. */
export const unasked = 'nothing is verified, so nobody asks whether a certificate was revoked'

/** What every importer says of a line that asks for nothing. */
export const notAsked = 'it asks for nothing; what the policy says by default is looked at all the same'

/** Takes a file or a folder of lists. OpenSSL refuses what none of them speaks of, and so does `hard`. */
export function takeLists(said: Pick<Assignment, 'value' | 'at'>, tell: Tell): RevocationInput {
  tell(said.at, 'changed', `${written(hardByLists)}: ${copied(said.value)}; ${alsoFetched}`)
  return hardByLists
}

/** Says what is left to do with a file or a folder of lists where another line says the mode. */
export function tellOfLists({ value, at }: Pick<Assignment, 'value' | 'at'>, tell: Tell): void {
  tell(at, 'changed', copied(value))
}

/** Takes a switch that turns lists on, wherever they lie; `soft`, as by default, where a certificate without a list passes. */
export function takeListSwitch(mode: 'soft' | 'hard', said: Pick<Assignment, 'at'>, tell: Tell): RevocationInput {
  const revocation: RevocationInput = mode === 'hard' ? hardByLists : { mode, sources: ['stapled', 'crl'] }
  tell(said.at, 'changed', `${written(revocation)}: lists come from the folder crls; ${alsoFetched}`)
  return revocation
}

/** Takes responders, with what is stapled. They were asked about the backend alone; here the whole chain is asked about. */
export function takeResponders(mode: 'soft' | 'hard', said: Pick<Assignment, 'at'>, tell: Tell): RevocationInput {
  // Softly nobody is asked less than by default.
  const revocation: RevocationInput = {
    mode,
    sources: ['stapled', ...(mode === 'soft' ? (['crl'] as const) : []), 'ocsp'],
  }
  const reach = 'the responders that certificates name are asked, about every certificate of a chain but its anchor'
  const way = mode === 'hard' ? '; soft would let through what nobody can say' : ''
  tell(said.at, 'changed', `${written(revocation)}: ${reach}${way}`)
  return revocation
}

/** Joins what two lines ask for: the stricter mode, and all sources. */
export function joinRevocation(wishes: readonly RevocationInput[]): RevocationInput | undefined {
  if (wishes.length === 0) return undefined
  const mode = wishes.some((each) => each.mode === 'hard') ? 'hard' : 'soft'
  const said = new Set(wishes.flatMap(({ sources = [] }) => sources))
  return { mode, sources: (['stapled', 'crl', 'ocsp'] as const).filter((source) => said.has(source)) }
}

const hardByLists: RevocationInput = { mode: 'hard', sources: ['crl'] }
const alsoFetched = 'lists that certificates name are fetched as well'

function copied(path: string): string {
  return `copy ${path} into the folder crls`
}

/** Writes it as it stands in the policy, for a report. */
export function written({ mode, sources = [] }: RevocationInput): string {
  return `revocation: { mode: ${mode}, sources: [${sources.join(', ')}] }`
}
