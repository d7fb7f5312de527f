/** The tunnel side of the load: many that live as long as the run, and a trickle of short ones opened all the time. */
import { TunnelCaller, type TunnelOptions } from './tunnel-caller.ts'

export interface TunnelLoadOptions extends TunnelOptions {
  /** Tunnels that live as long as the run. */
  readonly tunnels: number
  /** Tunnels a second that are opened, used for a few frames and closed. */
  readonly shortPerSecond: number
}

export interface TunnelFigures {
  readonly opened: number
  readonly dropped: number
  readonly echoes: number
  readonly slowestMs: number
  readonly shortOpened: number
  readonly shortFailed: number
  /** The first few reasons, long-lived and short ones together. */
  readonly failures: readonly string[]
}

const OPENING_AT_ONCE = 25
const SHORT_FRAMES = 3
const SHORT_INTERVAL_MS = 50
const FAILURES_SHOWN = 10
const SHORT_FROM = 1_000_000

export class TunnelLoad {
  readonly #options: TunnelLoadOptions
  readonly #long: TunnelCaller[] = []
  readonly #short: TunnelCaller[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(options: TunnelLoadOptions) {
    this.#options = options
  }

  /** Opens the long-lived tunnels a few at a time; done when each has carried its first echo. */
  async start(): Promise<void> {
    const { tunnels, shortPerSecond } = this.#options
    for (let from = 0; from < tunnels; from += OPENING_AT_ONCE) {
      const count = Math.min(OPENING_AT_ONCE, tunnels - from)
      const batch = Array.from({ length: count }, (_, n) => new TunnelCaller(from + n, this.#options))
      this.#long.push(...batch)
      await Promise.all(batch.map((tunnel) => tunnel.opened))
    }
    if (shortPerSecond > 0) this.#timer = setInterval(() => this.#openShort(), 1000 / shortPerSecond)
  }

  /** Waits for the last echoes and closes everything. */
  async stop(waitMs: number): Promise<TunnelFigures> {
    clearInterval(this.#timer)
    await Promise.all([...this.#long, ...this.#short].map((tunnel) => tunnel.stop(waitMs)))
    const failed = (list: readonly TunnelCaller[]) => list.filter(({ failure }) => failure !== '')
    const all = [...this.#long, ...this.#short]
    return {
      opened: this.#long.filter(({ echoes }) => echoes > 0).length,
      dropped: failed(this.#long).length,
      echoes: all.reduce((sum, { echoes }) => sum + echoes, 0),
      slowestMs: all.reduce((slowest, one) => Math.max(slowest, one.slowestMs), 0),
      shortOpened: this.#short.filter(({ echoes }) => echoes > 0).length,
      shortFailed: failed(this.#short).length,
      failures: failed(all)
        .slice(0, FAILURES_SHOWN)
        .map(({ failure }) => failure),
    }
  }

  #openShort(): void {
    const options = { ...this.#options, framesMax: SHORT_FRAMES, intervalMs: SHORT_INTERVAL_MS }
    this.#short.push(new TunnelCaller(SHORT_FROM + this.#short.length, options))
  }
}
