import type { BodySink } from '../http/body-reader.ts'
import type { Wire } from '../wire/wire.ts'

/**
 * Writes one message to a wire as its parts become known: the head waits for the first piece of the body, so that
 * a small message leaves as one write.
 */
export class Outflow implements BodySink {
  /** A write answered false: the source should stop until the wire has drained. */
  blocked = false
  readonly #wire: Wire
  #head: string | undefined

  constructor(wire: Wire, head: string) {
    this.#wire = wire
    this.#head = head
  }

  /** Writes a piece that lives in the shared read buffer. */
  piece(bytes: Buffer): void {
    const head = this.#head
    this.#head = undefined
    const room = head === undefined ? this.#wire.relay(bytes) : this.#wire.relayBehind(head, bytes)
    if (!room) this.blocked = true
  }

  /** Writes the head if no piece has taken it along. */
  flush(): void {
    const head = this.#head
    if (head === undefined) return
    this.#head = undefined
    if (!this.#wire.write(head)) this.blocked = true
  }
}
