/**
 * The history of the default sets: each is named by its month, none ever changes, the newest holds for whoever names
 * none. From which set on something is offered by default, and since which no more, is read from the sets themselves.
 */
import { type Profile, profiles } from './profiles.ts'

/** What default sets list. */
export type ListKey = 'protocols' | 'ciphers' | 'groups' | 'signatureAlgorithms'

/** From and until when something is in the default set. */
export interface DefaultSpan {
  /** The first set that has it; undefined when none ever had. */
  readonly since: string | undefined
  /** The first set after that which no longer has it; undefined while the newest one does. */
  readonly until: string | undefined
}

/** A set by the name of its month. */
export type DatedSets = Readonly<Record<string, Pick<Profile, ListKey>>>

/** Every default set there ever was, the oldest first. */
export const datedSets: DatedSets = Object.fromEntries(
  Object.entries<Profile>(profiles)
    .filter(([name]) => /^\d{4}-\d{2}$/.test(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1)),
)

/** Tells since and until which set an item is offered by default. */
export function defaultSpan(key: ListKey, name: string, sets: DatedSets = datedSets): DefaultSpan {
  const months = Object.keys(sets)
  const has = (month: string) => (sets[month]?.[key] as readonly string[] | undefined)?.includes(name) ?? false
  const last = months.findLastIndex(has)
  return { since: months.find(has), until: last === -1 ? undefined : months[last + 1] }
}
