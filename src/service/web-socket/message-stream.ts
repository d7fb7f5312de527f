/**
 * A WebSocket as a stream of bytes, for a wire: each piece written is one binary message, the payload of every message is
 * read, whatever its kind. A WebSocket has no half-close: its end is the end of both directions, and what the backend
 * still says behind it has no reader any more.
 */
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** The peer answers a ping before the next one is due, or is gone. */
export interface MessageStreamOptions {
  readonly pingMs: number
}

/** A connection that ended without the goodbye of its protocol. */
const NO_CLOSE_FRAME = 1006

export class MessageStream extends Duplex {
  /** A wire ends such a socket by destroying it: without a close frame nobody takes what came for complete. */
  readonly encrypted = true
  readonly #socket: WebSocket
  readonly #pings: NodeJS.Timeout
  #isAlive = true

  constructor(socket: WebSocket, { pingMs }: MessageStreamOptions) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      if (!this.push(data)) socket.pause()
    })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', (code) => this.#closed(code))
    this.#pings = setInterval(() => this.#ping(), pingMs).unref()
  }

  // What a wire asks of a socket; the one underneath has been told already.
  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy()
    else this.end(() => this.destroy())
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return done()
    // Called back when the kernel has it: so a slow caller slows the backend.
    this.#socket.send(chunk, { binary: true }, (error) => done(error ?? null))
  }

  override _final(done: () => void): void {
    this.#socket.close(1000)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#pings)
    this.#socket.terminate()
    done(error)
  }

  #closed(code: number): void {
    clearInterval(this.#pings)
    if (code === NO_CLOSE_FRAME && !this.destroyed) {
      this.destroy(new Error('the WebSocket ended without a close frame'))
      return
    }
    this.push(null)
  }

  #ping(): void {
    if (!this.#isAlive) {
      this.destroy(new Error('the WebSocket did not answer a ping'))
      return
    }
    this.#isAlive = false
    this.#socket.ping()
  }
}
