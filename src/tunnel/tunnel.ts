/**
 * Two wires joined until both directions are done. A half-closed side still gets what the other has to say;
 * a slow reader stops its writer after one buffer; a side that breaks resets the other, so that nobody takes
 * a cut stream for a complete one. Knows no TLS, no HTTP and no policy.
 */
import type { Deadlines, Watched } from '../wire/deadlines.ts'
import type { Wire, WireReader } from '../wire/wire.ts'

export type TunnelEnd =
  /** Both sides said that they were done. */
  | 'complete'
  | 'caller-closed'
  | 'backend-closed'
  /** Nothing moved for the idle time. */
  | 'idle'
  /** We ended it, at a drain deadline. */
  | 'cut'
  /** We ended it, because it would not be allowed any more. */
  | 'refused'

export interface TunnelOptions {
  readonly caller: Wire
  readonly backend: Wire
  readonly idleMs: number
  readonly deadlines: Deadlines
  /** Called exactly once, when both wires are closed or being closed; with the error that broke a side, or the reason of a cut. */
  closed(end: TunnelEnd, error: Error | undefined): void
}

/** Joins the two wires at once; both readers are taken over. */
export class Tunnel implements Watched {
  deadline = 0
  readonly #options: TunnelOptions
  #over = false
  #directionsDone = 0
  #wiresOpen = 2

  constructor(options: TunnelOptions) {
    this.#options = options
    const { caller, backend, deadlines } = options
    caller.reader = this.#direction(caller, backend, 'caller-closed')
    backend.reader = this.#direction(backend, caller, 'backend-closed')
    this.#moved()
    deadlines.watch(this)
    caller.resume()
    backend.resume()
    // An end that came before the tunnel was there is not told a second time.
    for (const { hasEnded, reader } of [caller, backend]) if (hasEnded) reader.ended()
  }

  expired(): void {
    this.#end('idle')
  }

  /** Ends the tunnel in both directions now, for the reason given. */
  cut(end: 'cut' | 'refused' = 'cut', why?: Error): void {
    this.#end(end, why)
  }

  #direction(from: Wire, to: Wire, closedEnd: TunnelEnd): WireReader {
    return {
      bytes: (chunk) => {
        this.#moved()
        if (!to.relay(chunk)) from.pause()
      },
      ended: () => {
        this.#directionsDone += 1
        to.end()
      },
      // `drained` speaks of what we wrote to this wire, so it is the other one that may go on.
      drained: () => to.resume(),
      closed: (error) => this.#sideClosed(to, error, closedEnd),
    }
  }

  #sideClosed(other: Wire, error: Error | undefined, end: TunnelEnd): void {
    this.#wiresOpen -= 1
    if (this.#over) return
    // Both have said that they are done: what is still in flight is let out, under the idle deadline as before.
    if (this.#directionsDone === 2 && error === undefined) {
      if (this.#wiresOpen === 0) this.#close('complete')
      return
    }
    this.#close(end, error)
    if (error === undefined) other.finish()
    else other.reset()
  }

  #end(end: TunnelEnd, why?: Error): void {
    if (this.#over) return
    this.#close(end, why)
    this.#options.caller.reset()
    this.#options.backend.reset()
  }

  #close(end: TunnelEnd, error?: Error): void {
    if (this.#over) return
    this.#over = true
    this.#options.deadlines.unwatch(this)
    this.#options.closed(end, error)
  }

  #moved(): void {
    this.deadline = this.#options.deadlines.after(this.#options.idleMs)
  }
}
