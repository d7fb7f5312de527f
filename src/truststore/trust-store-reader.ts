/** Trust that outlives a bad reading: a file half written or a folder unmounted must not stop what was trusted. */
import type { SidecarError } from '../errors.ts'
import { emptyPool, type IntermediatePool, makeIntermediatePool, poolName } from './intermediate-pool.ts'
import { loadTrustSets, naming } from './load-trust-sets.ts'
import { readStore, type StorePlace } from './read-store.ts'
import { isStoreThere } from './store-files.ts'
import type { TrustSet } from './trust-set.ts'

export interface TrustReading {
  /** Every store that has ever been read well, as it was then. */
  readonly sets: Readonly<Record<string, TrustSet>>
  /** The pool of intermediates, which is no store; empty when there is none. */
  readonly intermediates: IntermediatePool
  /** What is wrong with the stores and the pool now. */
  readonly problems: readonly SidecarError[]
  /** Names of the stores given out as they were at an earlier reading. */
  readonly kept: readonly string[]
}

/** Reads trust stores again and again, and remembers the last good set of each. */
export class TrustStoreReader {
  readonly #place: StorePlace
  readonly #lastGood = new Map<string, TrustSet>()
  #lastPool = emptyPool

  /** `environment` is where the password of a key store may stand. */
  constructor(folder: string, environment: Readonly<Record<string, string>> = {}) {
    this.#place = { folder, environment }
  }

  /** Reads the named stores; one that cannot be read now is given as it was when it last could. */
  async read(names: readonly string[]): Promise<TrustReading> {
    const { sets, problems } = await loadTrustSets({ ...this.#place, names })
    const given: Record<string, TrustSet> = {}
    const kept: string[] = []
    for (const name of new Set(names)) {
      const fresh = sets[name]
      if (fresh) this.#lastGood.set(name, fresh)
      else if (this.#lastGood.has(name)) kept.push(name)
      const set = this.#lastGood.get(name)
      if (set) given[name] = set
    }
    const wrong = await this.#readPool()
    if (wrong.length > 0) kept.push(poolName)
    return { sets: Object.freeze(given), intermediates: this.#lastPool, problems: [...problems, ...wrong], kept }
  }

  /** Reads the pool anew and gives what is wrong with it; nobody is refused for that, chains are completed as before. */
  async #readPool(): Promise<readonly SidecarError[]> {
    const { folder } = this.#place
    if (!(await isStoreThere(folder, poolName))) {
      this.#lastPool = emptyPool
      return []
    }
    const { sources, wrong } = await readStore(poolName, this.#place)
    if (wrong.length === 0) this.#lastPool = makeIntermediatePool(sources.flatMap(({ certificates }) => certificates))
    return wrong.map((error) => naming(poolName, error))
  }
}
