/**
 * A text that was in force under an older catalogue may name what this runtime has lost. It must go on: such names leave
 * their lists, said loudly. Only names that one of those catalogues had, so a slip of the fingers stays an error; and a
 * list of which nothing is left is an error as well, because to leave it out would offer more than was chosen.
 */

import { formatPath, type Path, type Problem } from '../document/problem.ts'
import type { ProblemAt } from '../document/read-yaml.ts'
import { listKeys, tlsPlaces } from '../document/tls-places.ts'
import { type CatalogueRecord, currentCatalogue } from './catalogue-record.ts'
import { canonicalName, whyLost } from './cipher-columns.ts'

/** A name that leaves its list. */
export interface LostName {
  /** The list it stood in. */
  readonly list: Path
  readonly path: Path
  readonly name: string
  readonly reason: string
  /** Nothing else stands in that list. */
  readonly isLast: boolean
}

/** Finds the names in a document that the catalogues it was in force under had, and that are lost. */
export function lostNames(document: unknown, appliedUnder: readonly CatalogueRecord[]): LostName[] {
  if (appliedUnder.length === 0) return []
  const now = currentCatalogue()
  return tlsPlaces(document).flatMap(({ path }) =>
    listKeys.flatMap((key) => {
      const names = valueAt(document, [...path, key])
      if (!Array.isArray(names)) return []
      const isLost = (written: unknown) => {
        const name = typeof written === 'string' ? canonicalName(key, written) : ''
        return !now.available[key].includes(name) && appliedUnder.some(({ available }) => available[key].includes(name))
      }
      return names.flatMap((name, index): LostName[] => {
        if (!isLost(name)) return []
        const list = [...path, key]
        return [{ list, path: [...list, index], name, reason: whyLost(key, name), isLast: names.every(isLost) }]
      })
    }),
  )
}

/** Turns the errors about lost names into warnings, and into errors about the lists that would be left empty. */
export function excuseLost(
  problems: readonly Problem[],
  { lost, problemAt }: { readonly lost: readonly LostName[]; readonly problemAt: ProblemAt },
): Problem[] {
  const paths = new Set(lost.map(({ path }) => formatPath(path)))
  const emptied = new Map(lost.filter(({ isLast }) => isLast).map(({ list }) => [formatPath(list), list]))
  return [
    ...problems.filter(({ path }) => !paths.has(path)),
    ...lost.map(({ path, name, reason }) =>
      problemAt(path, `${name} is lost, and left its list: removed by platform: ${reason}${asLongAs}`, {
        severity: 'warning',
      }),
    ),
    ...[...emptied.values()].map((list) => problemAt(list, 'nothing is left of the list: choose anew')),
  ]
}

/** What tells this text from a new one, which may not name it. */
const asLongAs = '; this text goes on without it, a changed one may not name it'

function valueAt(document: unknown, path: Path): unknown {
  let value = document
  for (const step of path) value = (value as Record<string | number, unknown> | null | undefined)?.[step]
  return value
}
