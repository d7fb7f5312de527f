/** What control has published about revocation, kept by the supervisor for workers that start later; never looked into. */
import type { Fact, News } from '../revocation/revocation-book.ts'

export class KnownRevocation {
  readonly #facts = new Map<string, Fact>()

  take({ facts, gone }: News): void {
    for (const key of gone) this.#facts.delete(key)
    for (const fact of facts) this.#facts.set(fact.key, fact)
  }

  /** All of it, for one that knows nothing yet. */
  get news(): News {
    return { facts: [...this.#facts.values()], gone: [] }
  }
}
