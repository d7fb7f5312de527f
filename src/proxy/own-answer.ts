import type { EntranceContext } from './entrance-context.ts'
import type { RequestRecord } from './request-record.ts'
import type { CallerConnection, Work } from './work.ts'

/** The work of a request that we answer ourselves, without any backend. */
export class OwnAnswer implements Work {
  readonly held = undefined
  readonly blocked = false
  readonly #write: () => void

  constructor(entrance: EntranceContext, caller: CallerConnection, answer: { record: RequestRecord; text: string }) {
    this.#write = () => {
      answer.record.answered(200)
      caller.wire.write(answer.text)
      entrance.finished(answer.record)
      // Its rare callers look at one hop and go: a connection less to keep, and no body left to skip.
      caller.done({ keep: false })
    }
  }

  start(): void {
    this.#write()
  }

  take(): number {
    return 0
  }
  callerEnded(): void {}
  callerDrained(): void {}
  callerClosed(): void {}
  cut(): void {}
  expired(): void {}
}
