/** Facts that control has published, by their keys, kept by the supervisor for workers that start later; never looked into. */
export interface FactNews<F extends { readonly key: string }> {
  readonly facts: readonly F[]
  /** Keys of facts that are no more. */
  readonly gone: readonly string[]
}

export class KnownFacts<F extends { readonly key: string }> {
  readonly #facts = new Map<string, F>()

  take({ facts, gone }: FactNews<F>): void {
    for (const key of gone) this.#facts.delete(key)
    for (const fact of facts) this.#facts.set(fact.key, fact)
  }

  /** All of it, for one that knows nothing yet. */
  get news(): FactNews<F> {
    return { facts: [...this.#facts.values()], gone: [] }
  }
}
