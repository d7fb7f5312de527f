/**
 * How an idle caller moves to a newer generation without noticing, all of its way in one file:
 *
 *   old worker          supervisor             new worker
 *   stops reading ──▶   passes the raw    ──▶  wraps the handle and reads on
 *   closes its copy     handle on unread       under the new snapshot
 *
 * The rules that make it lossless: the raw handle travels, never a net.Socket (which would start to read on arrival);
 * nobody reads between the old worker and the new one; each side closes its own copy only when the kernel has the
 * next one's. What the caller sends meanwhile waits in the kernel.
 */
import type { TcpHandle } from '../wire/raw-handle.ts'
import { type ChannelEnd, sendOver } from './channel.ts'

/** A caller on its way between two workers. */
export interface MovingCaller {
  readonly handle: TcpHandle
  /** What the old worker had already read of the next request, base64. */
  readonly early: string
}

/** Old worker: makes the `give` that ProxyEntrance.retire wants; the entrance destroys its copy when it resolves. */
export function giveOver(end: ChannelEnd): (handle: TcpHandle, early: Buffer) => Promise<void> {
  const outbox = new Outbox(end)
  return async (handle, early) => {
    await outbox.send({ handle, early: early.toString('base64') })
  }
}

/** New worker: unpacks what `giveOver` packed. */
export function earlyBytes(early: string): Buffer | undefined {
  return early === '' ? undefined : Buffer.from(early, 'base64')
}

/** Supervisor: passes callers on to the workers of the newest generation, in turn. */
export class HandOver<Target extends { readonly end: ChannelEnd }> {
  readonly #targets: () => readonly Target[]
  readonly #outboxes = new Map<Target, Outbox>()
  /** Callers for whom no worker is ready just now: all of them died at once. */
  #waiting: MovingCaller[] = []
  #turn = 0
  #closed = false

  constructor(targets: () => readonly Target[]) {
    this.#targets = targets
  }

  pass(caller: MovingCaller): void {
    const targets = this.#targets()
    const target = targets[this.#turn++ % targets.length]
    if (this.#closed) caller.handle.close()
    else if (target === undefined) this.#waiting.push(caller)
    else void this.#send(caller, target)
  }

  /** To be called when a worker became ready: those who waited for one go on. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const caller of waiting) this.pass(caller)
  }

  /** To be called when a worker died: whoever was still in line for it goes to another one. */
  lost(target: Target): void {
    const outbox = this.#outboxes.get(target)
    this.#outboxes.delete(target)
    for (const caller of outbox?.takeBack() ?? []) this.pass(caller)
  }

  /** The instance is shutting down: from now on idle callers are closed, not moved. */
  close(): void {
    this.#closed = true
    this.flush()
  }

  async #send(caller: MovingCaller, target: Target): Promise<void> {
    const outbox = this.#outboxes.get(target) ?? new Outbox(target.end)
    this.#outboxes.set(target, outbox)
    const sent = await outbox.send(caller)
    // When `lost` was faster, the caller belongs to another worker by now.
    if (this.#outboxes.get(target) !== outbox) return
    if (sent) caller.handle.close()
    else this.pass(caller)
  }
}

/**
 * Sends callers over one channel, the latest first. A channel carries one handle at a time, and a caller that has just
 * had its answer is likelier to ask next than the thousands that were idle all along: it must not wait behind them.
 */
class Outbox {
  readonly #end: ChannelEnd
  readonly #waiting: Sending[] = []
  readonly #underWay = new Set<Sending>()

  constructor(end: ChannelEnd) {
    this.#end = end
  }

  /** Resolves to true once the kernel has the caller, and to false when the channel is closed. */
  send(caller: MovingCaller): Promise<boolean> {
    return new Promise((done) => {
      this.#waiting.push({ caller, done })
      this.#next()
    })
  }

  /** Gives back everything that is not known to be out. */
  takeBack(): readonly MovingCaller[] {
    return [...this.#underWay, ...this.#waiting.splice(0)].map(({ caller }) => caller)
  }

  #next(): void {
    while (this.#underWay.size < UNDER_WAY_MAX) {
      const sending = this.#waiting.pop()
      if (sending === undefined) return
      this.#underWay.add(sending)
      void this.#sendNow(sending)
    }
  }

  async #sendNow(sending: Sending): Promise<void> {
    const { handle, early } = sending.caller
    const sent = await sendOver(this.#end, { type: 'caller', early }, handle)
    this.#underWay.delete(sending)
    sending.done(sent)
    this.#next()
  }
}

interface Sending {
  readonly caller: MovingCaller
  readonly done: (sent: boolean) => void
}

/** One on its way and one ready behind it, so that the channel never idles between two. */
const UNDER_WAY_MAX = 2
