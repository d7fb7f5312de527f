/**
 * One tunnel: CONNECT, TLS of its own to the backend, then numbered frames that must come back unchanged and in
 * order. A tunnel that ends before it is told to is dropped, whatever the reason.
 */
import net from 'node:net'
import tls from 'node:tls'
import { bodyOf } from './body.ts'
import { nowMs } from './clock.ts'

export interface TunnelOptions {
  readonly proxyPort: number
  /** host:port of the echo backend. */
  readonly authority: string
  readonly host: string
  readonly ca: Buffer
  readonly intervalMs: number
  /** Ends by itself after so many frames; without it, when told to. */
  readonly framesMax?: number
}

const HEADER_BYTES = 12
const FRAME_BYTES_MAX = 1_024
const CONNECT_LIMIT_MS = 15_000

export class TunnelCaller {
  /** Echoes that came back whole. */
  echoes = 0
  /** Longest time from a frame to its echo. */
  slowestMs = 0
  /** Why the tunnel is not as it should be; empty while all is well. */
  failure = ''
  /** Settles when the tunnel carries its first echo, or fails. */
  readonly opened: Promise<void>
  /** Settles when it is over. */
  readonly closed: Promise<void>
  readonly #options: TunnelOptions
  readonly #number: number
  #secure: tls.TLSSocket | undefined
  #socket: net.Socket
  #timer: NodeJS.Timeout | undefined
  #sequence = 0
  #sentMs = 0
  #expected: Buffer | undefined
  #got = 0
  #stopping = false
  #markOpened: () => void = () => {}
  #markClosed: () => void = () => {}

  constructor(number: number, options: TunnelOptions) {
    this.#number = number
    this.#options = options
    this.opened = new Promise((resolve) => {
      this.#markOpened = resolve
    })
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve
    })
    this.#socket = net.connect({ port: options.proxyPort, host: '127.0.0.1', noDelay: true })
    this.#socket.setTimeout(CONNECT_LIMIT_MS, () => this.#end('no tunnel within the time limit'))
    this.#socket.once('connect', () => this.#askForTunnel())
    this.#socket.on('error', (error) => this.#end(error.message))
    this.#socket.on('close', () => this.#end('closed'))
  }

  /** Sends one last frame, so that a tunnel that died unnoticed is noticed, waits for its echo, and closes. */
  async stop(waitMs: number): Promise<void> {
    clearInterval(this.#timer)
    const giveUpAt = nowMs() + waitMs
    await this.#untilEchoed(giveUpAt)
    if (!this.#stopping && this.#secure !== undefined) this.#sendFrame()
    await this.#untilEchoed(giveUpAt)
    if (this.#expected !== undefined) this.#end('an echo never came')
    this.#close()
  }

  async #untilEchoed(giveUpAt: number): Promise<void> {
    while (this.#expected !== undefined && !this.#stopping && nowMs() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  #askForTunnel(): void {
    const { authority } = this.#options
    this.#socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
    let head = ''
    const read = (chunk: Buffer) => {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      this.#socket.off('data', read)
      if (!/^HTTP\/1\.1 200.*\r\n\r\n$/s.test(head)) return this.#end(`CONNECT was answered ${head.slice(0, 300)}`)
      this.#speakTls()
    }
    this.#socket.on('data', read)
  }

  #speakTls(): void {
    const { host, ca, intervalMs } = this.#options
    this.#secure = tls.connect({ socket: this.#socket, servername: host, ca })
    this.#secure.on('error', (error) => this.#end(error.message))
    this.#secure.on('close', () => this.#end('closed'))
    this.#secure.on('data', (chunk: Buffer) => this.#received(chunk))
    this.#secure.once('secureConnect', () => {
      this.#socket.setTimeout(0)
      this.#sendFrame()
      this.#timer = setInterval(() => this.#sendFrame(), intervalMs)
    })
  }

  #sendFrame(): void {
    if (this.#expected !== undefined) return
    this.#sequence += 1
    const filler = bodyOf(this.#number + this.#sequence, (this.#number * 7 + this.#sequence * 13) % FRAME_BYTES_MAX)
    const frame = Buffer.alloc(HEADER_BYTES + filler.length)
    frame.writeUInt32BE(this.#number, 0)
    frame.writeUInt32BE(this.#sequence, 4)
    frame.writeUInt32BE(filler.length, 8)
    filler.copy(frame, HEADER_BYTES)
    this.#expected = frame
    this.#got = 0
    this.#sentMs = nowMs()
    this.#secure?.write(frame)
  }

  #received(chunk: Buffer): void {
    const expected = this.#expected
    if (expected === undefined || this.#got + chunk.length > expected.length)
      return this.#end('more bytes than were sent')
    if (!chunk.equals(expected.subarray(this.#got, this.#got + chunk.length))) {
      return this.#end(`echo ${this.#sequence} came back changed`)
    }
    this.#got += chunk.length
    if (this.#got < expected.length) return
    this.#expected = undefined
    this.echoes += 1
    this.slowestMs = Math.max(this.slowestMs, nowMs() - this.#sentMs)
    this.#markOpened()
    if (this.echoes === this.#options.framesMax) this.#close()
  }

  #close(): void {
    this.#stopping = true
    clearInterval(this.#timer)
    this.#secure?.destroy()
    this.#socket.destroy()
    this.#markClosed()
  }

  #end(reason: string): void {
    if (this.#stopping) return
    this.failure = `${reason} (after ${this.echoes} echoes)`
    this.#markOpened()
    this.#close()
  }
}
