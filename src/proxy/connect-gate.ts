/**
 * An entrance where nobody gets anywhere by asking: each CONNECT needs leave, and the leave says where to. What is asked
 * is answered in one form whatever is wrong, so that an answer tells nothing of tokens, hosts or rules.
 */
import type { OpenConnection } from '../backend/judge/reweigh.ts'
import { asSidecarError, type SidecarError } from '../errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { AccessRecord } from '../observe/access-record.ts'
import type { KnownCaller } from './known-caller.ts'
import type { RequestRecord } from './request-record.ts'
import type { CallerConnection, Work } from './work.ts'

/** What a request may do. */
export interface Leave {
  /** `host:port`. */
  readonly to: string
  /** Who it was given to, as `kind:value`. */
  readonly names: readonly string[]
  readonly innerNames: 'checked' | 'unchecked'
}

/** A request at the gate of which it is known what came of it. */
export interface Passage {
  readonly access: Readonly<AccessRecord>
  /** Undefined where none was found. */
  readonly leave: Leave | undefined
  readonly known: KnownCaller
}

export interface ConnectGate {
  /** Finds what a request has leave for; throws a SidecarError. */
  admit(head: RequestHead): Promise<Leave>
  /** Told once of each request: when its tunnel stands, or when there will be none. */
  settled(passage: Passage): void
}

interface Gated {
  readonly caller: CallerConnection
  readonly record: RequestRecord
  readonly leave: Promise<Leave>
  readonly known: KnownCaller
  /** Decides on the destination, and begins the tunnel; throws as the policy does. */
  readonly open: (leave: Leave, names: readonly string[]) => Work
  readonly finished: (record: RequestRecord) => void
  readonly settled: (passage: Passage) => void
}

/** Waits for leave, and is the tunnel's own work from then on. */
export class GatedConnect implements Work {
  readonly #gated: Gated
  #leave: Leave | undefined
  #inner: Work | undefined
  #over = false

  constructor(gated: Gated) {
    this.#gated = gated
    const { record, known, settled } = gated
    record.calledAs(known, [])
    record.settled = (access) => settled({ access, leave: this.#leave, known })
  }

  get held(): OpenConnection | undefined {
    return this.#inner?.held
  }

  get blocked(): boolean {
    return this.#inner?.blocked ?? false
  }

  start(): void {
    void this.#admit()
  }

  take(bytes: Buffer): number {
    return this.#inner?.take(bytes) ?? 0
  }

  callerEnded(): void {
    if (this.#inner !== undefined) return this.#inner.callerEnded()
    this.#abandon(undefined)
    this.#gated.caller.done({ keep: false })
  }

  callerDrained(): void {
    this.#inner?.callerDrained()
  }

  callerClosed(error: Error | undefined): void {
    if (this.#inner !== undefined) this.#inner.callerClosed(error)
    else this.#abandon(undefined)
  }

  cut(reason?: SidecarError): void {
    if (this.#inner !== undefined) this.#inner.cut(reason)
    else this.#abandon(reason)
  }

  expired(): void {
    this.#inner?.expired()
  }

  async #admit(): Promise<void> {
    const { record, known, open, settled } = this.#gated
    try {
      const leave = await this.#gated.leave
      this.#leave = leave
      // The caller has left meanwhile, and what it brought may be spent all the same.
      if (this.#over) return settled({ access: record.access, leave, known })
      const names = [...known.names, ...leave.names]
      record.calledAs(known, leave.names, leave.innerNames)
      this.#inner = open(leave, names)
      this.#inner.start(false)
    } catch (thrown) {
      this.#refuse(asSidecarError(thrown))
    }
  }

  #refuse(error: SidecarError): void {
    const { caller, record, finished } = this.#gated
    if (this.#over) return
    this.#over = true
    record.fail(error)
    caller.wire.write(record.errorReply(error, { close: true, bodyless: false }))
    finished(record)
    caller.done({ keep: false })
  }

  #abandon(reason: SidecarError | undefined): void {
    const { record, finished } = this.#gated
    if (this.#over) return
    this.#over = true
    record.left(reason)
    finished(record)
  }
}
