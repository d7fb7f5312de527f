/**
 * Messages of which only the newest of a kind matters, for a process that may take them slowly or not at all: one of each
 * kind is under way, and the newest waits for it. So a peer that stands still costs one message of each kind, however long.
 */
export class NewestMessages<M> {
  readonly #send: (message: M) => Promise<unknown>
  /** By kind, while one is under way: the one that waits. */
  readonly #waiting = new Map<string, M | undefined>()

  constructor(send: (message: M) => Promise<unknown>) {
    this.#send = send
  }

  /** Sends it now, or instead of the one of its kind that waits. */
  put(kind: string, message: M): void {
    if (this.#waiting.has(kind)) return void this.#waiting.set(kind, message)
    this.#waiting.set(kind, undefined)
    void this.#send(message).then(() => this.#sent(kind))
  }

  /** Sends all that wait, since something follows that must come after them. */
  flush(): void {
    for (const [kind, message] of this.#waiting) {
      if (message === undefined) continue
      this.#waiting.set(kind, undefined)
      void this.#send(message)
    }
  }

  #sent(kind: string): void {
    const message = this.#waiting.get(kind)
    this.#waiting.delete(kind)
    if (message !== undefined) this.put(kind, message)
  }
}
