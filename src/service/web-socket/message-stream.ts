/**
 * A WebSocket as a stream of bytes, for a wire, whichever side asked for it: each piece written is one binary message, the
 * payload of every message is read, whatever its kind. A WebSocket has no half-close: whoever has no more to say says
 * goodbye, and still hears what the other had said before its own goodbye. An end that is no goodbye is an error, so that
 * nobody takes what came for complete.
 */
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

export interface MessageStreamOptions {
  /** The peer says something before the next ping is due, or is gone. */
  readonly pingMs: number
  /** Makes the error of an end that is no goodbye. */
  readonly broken: (what: string, cause?: Error) => Error
}

/** A connection that ended without the goodbye of its protocol. */
const NO_CLOSE_FRAME = 1006

export class MessageStream extends Duplex {
  /** A wire ends such a socket by destroying it: without a close frame nobody takes what came for complete. */
  readonly encrypted = true
  readonly #socket: WebSocket
  readonly #broken: MessageStreamOptions['broken']
  readonly #pings: NodeJS.Timeout
  #isAlive = true

  constructor(socket: WebSocket, { pingMs, broken }: MessageStreamOptions) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#broken = broken
    socket.on('message', (data: Buffer) => {
      // The answer to a ping waits behind whatever the peer had queued before it.
      this.#isAlive = true
      if (!this.push(data)) socket.pause()
    })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    socket.on('error', (error) => this.destroy(broken(error.message, error)))
    socket.on('close', (code, reason) => this.#closed(code, reason.toString()))
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
    // Called back when the kernel has it: so a slow peer slows the other side.
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

  #closed(code: number, reason: string): void {
    clearInterval(this.#pings)
    if (this.destroyed || isGoodbye(code)) return void this.push(null)
    const said = reason === '' ? '' : ` (${JSON.stringify(reason)})`
    this.destroy(
      this.#broken(code === NO_CLOSE_FRAME ? 'it ended without a close frame' : `it was closed as ${code}${said}`),
    )
  }

  #ping(): void {
    // Nothing is read while the other side is slow, and so no answer either.
    if (this.#socket.isPaused) {
      this.#isAlive = true
      return
    }
    if (!this.#isAlive) {
      this.destroy(this.#broken('it did not answer a ping'))
      return
    }
    this.#isAlive = false
    this.#socket.ping()
  }
}

/** Done, or leaving, or nothing said, or a word of the application's own; the others tell of a failure (RFC 6455 §7.4). */
function isGoodbye(code: number): boolean {
  return code === 1000 || code === 1001 || code === 1005 || code >= 3000
}
