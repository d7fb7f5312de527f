import { otherLabel } from './tally.ts'

/** Something that is told of one backend. */
export interface ToldOfBackend {
  readonly backend: string
  /** The configuration names it. */
  readonly isNamed: boolean
}

/**
 * Groups what is told of backends by the label it goes under. Only backends that the configuration names have one of their
 * own, and no more than a scrape can bear: callers choose the rest, which is told together.
 */
export function byBackendLabel<T extends ToldOfBackend>(all: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const own = new Set(
    all
      .filter(({ isNamed }) => isNamed)
      .slice(0, OWN_LABELS_MAX)
      .map(({ backend }) => backend),
  )
  return Map.groupBy(all, ({ backend }) => (own.has(backend) ? backend : otherLabel))
}

const OWN_LABELS_MAX = 500
