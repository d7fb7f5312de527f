/**
 * What an upgrade does to the lists of a policy. A default configuration follows the newest set. A custom list is kept:
 * what the platform no longer has leaves both columns, what is new is available and not selected. Nothing ever goes from
 * custom to default by itself, and a list of which nothing is left is a fault, never a default.
 */

import { formatPath } from '../document/problem.ts'
import { listKeys, type TlsPlace } from '../document/tls-places.ts'
import type { CatalogueRecord } from './catalogue-record.ts'
import { canonicalName, type LostEntry, whyLost } from './cipher-columns.ts'
import type { ListKey } from './default-sets.ts'
import { type Profile, profiles } from './profiles.ts'

/** What became of one list. */
export interface ListMigration {
  readonly follows: 'default' | 'profile' | 'custom'
  /** The two columns after the upgrade. */
  readonly selected: readonly string[]
  readonly available: readonly string[]
  /** Left both columns: the platform no longer has it. */
  readonly lost: readonly LostEntry[]
  /** Left the default set, and can still be selected by hand. */
  readonly deselected: readonly string[]
  /** Came into the default set. */
  readonly newlySelected: readonly string[]
  /** Came with the upgrade, and is not selected. */
  readonly newlyAvailable: readonly string[]
  /** Nothing is left of it: the policy cannot come into force. */
  readonly isEmptied: boolean
}

/** What became of one place of the document. */
export interface PlaceMigration {
  readonly place: string
  readonly rule: string | null
  readonly configuration: 'default' | 'custom'
  readonly lists: Readonly<Record<ListKey, ListMigration>>
}

/** The report on an upgrade. */
export interface CatalogueMigration {
  readonly from: string
  readonly to: string
  /** From which default set to which; the same where only the platform changed. */
  readonly defaultSet: { readonly from: string; readonly to: string }
  readonly places: readonly PlaceMigration[]
  /** For people, one for each thing that changed; empty when no list did. */
  readonly sentences: readonly string[]
}

/** Compares the catalogue a policy came into force under with the one of today. */
export function migrateCatalogue(
  was: CatalogueRecord,
  now: CatalogueRecord,
  document: readonly TlsPlace[],
): CatalogueMigration {
  const places = document.map((place): PlaceMigration => {
    const lists = listKeys.map((key) => [key, migrateList(key, place, { was, now })] as const)
    const { path, rule, configuration } = place
    return { place: formatPath(path), rule, configuration, lists: Object.fromEntries(lists) as PlaceMigration['lists'] }
  })
  const defaultSet = { from: was.defaultSet, to: now.defaultSet }
  const sentences = places.flatMap((place) => listKeys.flatMap((key) => sentencesOf(place, key, defaultSet)))
  return { from: was.id, to: now.id, defaultSet, places, sentences }
}

interface Catalogues {
  readonly was: CatalogueRecord
  readonly now: CatalogueRecord
}

function migrateList(key: ListKey, place: TlsPlace, { was, now }: Catalogues): ListMigration {
  const written = place.configuration === 'custom' ? place.lists[key] : undefined
  const follows =
    written !== undefined
      ? 'custom'
      : place.profile !== undefined && place.configuration === 'default'
        ? 'profile'
        : 'default'
  const [before, wanted] = namesOf(follows, { key, place, was, now })
  const has = (name: string) => now.available[key].includes(name)
  const selected = [...new Set(wanted)].filter(has)
  const gone = [...new Set([...before, ...wanted])].filter((name) => !has(name))
  // What a list had lost by then already has been told by then.
  const lost = gone.filter((name) => follows === 'default' || was.available[key].includes(name))
  return {
    follows,
    selected,
    available: now.available[key].filter((name) => !selected.includes(name)),
    lost: lost.map((name) => ({ name, reason: whyLost(key, name) })),
    deselected: before.filter((name) => has(name) && !selected.includes(name)),
    newlySelected: selected.filter((name) => !before.includes(name)),
    newlyAvailable: now.available[key].filter((name) => !was.available[key].includes(name) && !selected.includes(name)),
    isEmptied: selected.length === 0 && gone.length > 0,
  }
}

/** What was selected before, and what is wanted now: only a default that names no set may differ between the two. */
function namesOf(
  follows: ListMigration['follows'],
  { key, place, was, now }: Catalogues & { readonly key: ListKey; readonly place: TlsPlace },
): [readonly string[], readonly string[]] {
  if (follows === 'default') return [was.defaults[key], now.defaults[key]]
  const set: Partial<Record<string, Profile>> = profiles
  const names = follows === 'custom' ? place.lists[key] : (set[place.profile ?? '']?.[key] ?? was.defaults[key])
  const canonical = (names ?? []).map((name) => canonicalName(key, name))
  return [canonical, canonical]
}

function sentencesOf(
  { place, rule, lists }: PlaceMigration,
  key: ListKey,
  { from, to }: CatalogueMigration['defaultSet'],
): string[] {
  const { follows, lost, deselected, newlySelected, newlyAvailable, isEmptied } = lists[key]
  const where = `${place}.${key}${rule === null ? '' : ` (rule ${rule})`}`
  const how =
    follows === 'default' ? `follows the default set, ${from === to ? to : `${to} instead of ${from}`}` : keeps[follows]
  const said = [
    ...lost.map(({ name, reason }) => `lost ${name}: ${reason}`),
    ...(isEmptied ? ['nothing is left of it, so the policy cannot come into force'] : []),
    ...(deselected.length > 0 ? [`no longer selects ${deselected.join(', ')}`] : []),
    ...(newlySelected.length > 0 ? [`newly selects ${newlySelected.join(', ')}`] : []),
    ...(newlyAvailable.length > 0 ? [`newly available, not selected: ${newlyAvailable.join(', ')}`] : []),
  ]
  return said.length === 0 ? [] : [`${where} ${how}: ${said.join('; ')}`]
}

const keeps = { custom: 'keeps its custom list', profile: 'keeps its named set' } as const
