/** The places of a policy document that speak of protocols and suites, read leniently: also from a text of long ago. */
import type { ListKey } from '../catalogue/default-sets.ts'
import type { Path } from './problem.ts'

/** What one place says, names as they were written. */
export interface TlsPlace {
  readonly path: Path
  /** The rule whose place it is; null for the policy's own. */
  readonly rule: string | null
  readonly configuration: 'default' | 'custom'
  /** The set that is named; undefined follows the newest. */
  readonly profile: string | undefined
  readonly lists: Readonly<Partial<Record<ListKey, readonly string[]>>>
}

/** Every list a place may have. */
export const listKeys: readonly ListKey[] = ['protocols', 'ciphers', 'groups', 'signatureAlgorithms']

/** Finds the policy's own place, which is always there, and those of the rules that choose for themselves. */
export function tlsPlaces(document: unknown): TlsPlace[] {
  const spec = recordOf(recordOf(document)?.spec)
  const rules = Array.isArray(spec?.rules) ? spec.rules : []
  const own = placeOf(recordOf(spec?.tls) ?? {}, ['spec', 'tls'], null)
  return [
    own,
    ...rules.flatMap((entry: unknown, index) => {
      const said = recordOf(recordOf(entry)?.tls)
      // A rule that says neither inherits what the policy chose, lists and all.
      if (said === undefined || (said.configuration === undefined && said.profile === undefined && !hasList(said)))
        return []
      const path = ['spec', 'rules', index, 'tls']
      const inherits = said.configuration === undefined && said.profile === undefined
      const place = placeOf(said, path, String(recordOf(entry)?.name ?? index))
      return inherits ? { ...own, path, rule: place.rule, lists: { ...own.lists, ...place.lists } } : place
    }),
  ]
}

/** Finds the place that holds for a rule, by its position: its own, or the policy's where it says nothing. */
export function tlsPlaceOf(document: unknown, rule: number): TlsPlace {
  const [own, ...others] = tlsPlaces(document) as [TlsPlace, ...TlsPlace[]]
  return others.find(({ path }) => path[2] === rule) ?? own
}

function placeOf(said: Readonly<Record<string, unknown>>, path: Path, rule: string | null): TlsPlace {
  const lists = listKeys.flatMap((key) => {
    const list = said[key]
    return Array.isArray(list) ? [[key, list.filter((name) => typeof name === 'string')] as const] : []
  })
  return {
    path,
    rule,
    configuration: said.configuration === 'custom' ? 'custom' : 'default',
    profile: typeof said.profile === 'string' ? said.profile : undefined,
    lists: Object.fromEntries(lists),
  }
}

function hasList(said: Readonly<Record<string, unknown>>): boolean {
  return listKeys.some((key) => said[key] !== undefined)
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}
