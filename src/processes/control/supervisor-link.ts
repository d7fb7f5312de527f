/** Control's side of its channel to the supervisor: what it asks for becomes a promise, what it hears an event. */
import type { TunnelFate } from '../../settings/settings.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { TcpHandle } from '../../wire/raw-handle.ts'
import { sendOver } from '../channel.ts'
import { errorOf } from '../error-record.ts'
import type { FromControl, ToControl } from '../messages.ts'

type Asking = 'claim' | 'prepare' | 'swap'
type Swap = { type: 'swap'; tunnels: TunnelFate }
/** What is left for the rest of control when answers and handles have found those who asked for them. */
export type Heard = Exclude<ToControl, { type: 'done' | 'claimed' }>

export class SupervisorLink {
  readonly #open = new Map<string, PromiseWithResolvers<void>>()
  readonly #heard: (message: Heard) => void
  #claimed: TcpHandle | undefined
  #requests = 0

  constructor(heard: (message: Heard) => void) {
    this.#heard = heard
    process.on('message', (message, handle) => this.#hear(message as ToControl, handle as TcpHandle | undefined))
  }

  /** Makes a state folder ours and gives its control socket; throws OPERATOR_ALREADY_RUNNING and its like. */
  async claim(state: string): Promise<TcpHandle> {
    await this.#ask({ type: 'claim', state })
    if (this.#claimed === undefined) throw new Error('the control socket did not arrive')
    return this.#claimed
  }

  /** Starts a generation beside the running one; resolves when it is ready and warm. */
  prepare(snapshot: Snapshot): Promise<void> {
    return this.#ask({ type: 'prepare', snapshot })
  }

  /** Puts the prepared generation into force; resolves when no request begins under the old one any more. */
  swap(tunnels: TunnelFate): Promise<void> {
    return this.#ask({ type: 'swap', tunnels })
  }

  /** Says something that needs no answer. */
  tell(message: Exclude<FromControl, { type: Asking }>): Promise<boolean> {
    return sendOver(process, message)
  }

  #ask(question: { type: 'claim'; state: string } | { type: 'prepare'; snapshot: Snapshot } | Swap) {
    const answer = Promise.withResolvers<void>()
    // Not the number alone: an answer to a control process that died must not pass for one to its successor.
    const request = `${process.pid}.${++this.#requests}`
    this.#open.set(request, answer)
    void sendOver(process, { ...question, request } satisfies FromControl)
    return answer.promise
  }

  #hear(message: ToControl, handle: TcpHandle | undefined): void {
    if (message.type === 'claimed') {
      this.#claimed = handle
    } else if (message.type === 'done') {
      const answer = this.#open.get(message.request)
      this.#open.delete(message.request)
      if (message.error === undefined) answer?.resolve()
      else answer?.reject(errorOf(message.error))
    } else {
      this.#heard(message)
    }
  }
}
