/**
 * One socket, plain or TLS, as the data path uses it: bytes in by a callback, bytes out with backpressure.
 * Wires read into buffers that are used again at once, which makes a rule: bytes handed to `WireReader.bytes` are
 * gone when the call returns. Whoever keeps them copies them; whoever passes them on at once uses `relay`.
 */
// The globals of these names are looked up anew each time.
import { Buffer } from 'node:buffer'
import type net from 'node:net'
import { isCutShort, quietHandle, resetSocket, socketOf, type TcpHandle } from './raw-handle.ts'
import { type ReadBuffer, sharedReadBuffer, takeReadBuffer } from './read-buffers.ts'

/** Who gets what arrives on a wire; a wire changes readers as its work changes (idle, request, tunnel). */
export interface WireReader {
  /** Bytes arrived. Their buffer is read into again: use, relay or copy them before returning. */
  bytes(chunk: Buffer): void
  /** The peer will send no more; writing to it is still possible. */
  ended(): void
  /** Everything written so far has been handed to the kernel, after a write had answered false. */
  drained(): void
  /** The socket is gone; called exactly once, with the error that ended it, if one did. */
  closed(error: Error | undefined): void
}

/** Up to here a copy is cheaper than what it takes to do without. */
const SMALL_BYTES = 16_384
/** A read of a whole TLS record or more is taken for the beginning of a stream. */
const STREAM_BYTES = 16_384
/** A stream is over with the first read that is this small. */
const STREAM_ENDS_BYTES = 4096
const KEEP_ALIVE_AFTER_MS = 60_000

/** The wire whose bytes are being handed out right now: everything between a read and its reader is synchronous. */
let source: Wire | undefined

export class Wire {
  reader: WireReader
  bytesIn = 0
  bytesOut = 0
  #socket!: net.Socket
  #error: Error | undefined
  #paused = false
  /** Its own read buffer, while it carries a stream. */
  #own: ReadBuffer | undefined
  /** A write that is still under way holds the own buffer: the next read needs another. */
  #lent = false
  #lastRead = 0
  /** Each read is a buffer of its own, which nobody reads into again. */
  #ownsReads = false
  readonly #took = (chunk: Buffer): void => void this.#received(chunk.length, chunk)

  constructor(reader: WireReader) {
    this.reader = reader
  }

  /** Wraps an accepted or handed-over caller; it is read from at once. */
  static overHandle(handle: TcpHandle, reader: WireReader): Wire {
    const wire = new Wire(reader)
    wire.attach(socketOf(handle, wire.onread))
    return wire
  }

  /** The same where the socket is to be given away again with `detach`: it reads into buffers of its own. */
  static overStream(handle: TcpHandle, reader: WireReader): Wire {
    return Wire.overSocket(socketOf(handle), reader)
  }

  /** Takes a socket as `attachStream` does. */
  static overSocket(socket: net.Socket, reader: WireReader): Wire {
    const wire = new Wire(reader)
    wire.attachStream(socket)
    return wire
  }

  /** The read options that `net.connect` or `tls.connect` must be given for the socket that `attach` then gets. */
  get onread(): net.OnReadOpts {
    let first: Buffer | undefined = sharedReadBuffer
    return {
      // Asked for before the first read and after each one; undefined keeps the buffer there is.
      buffer: () => {
        const buffer = first ?? this.#nextBuffer()
        first = undefined
        return buffer as Buffer
      },
      callback: (count, buffer) => this.#received(count, buffer as Buffer),
    }
  }

  attach(socket: net.Socket): void {
    this.#socket = socket
    socket.setNoDelay(true)
    // A peer that vanished without a word is noticed in minutes, though deadlines for long polls are an hour long.
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS)
    // An 'error' without a listener kills the process, so it is listened to from the first moment to the last.
    socket.on('error', (error) => {
      this.#error ??= error
      // A fatal alert after the handshake is told by Node, and the socket stands: what is written to it from then on is never
      // sent, never fails, and keeps the connection from ever closing.
      socket.destroy()
    })
    socket.on('end', () => this.reader.ended())
    socket.on('drain', () => this.reader.drained())
    socket.once('close', () => {
      this.#letGoOfBuffer()
      this.reader.closed(this.#error)
    })
  }

  /** Takes a socket that cannot be given a read buffer: TLS over one that is connected already. */
  attachStream(socket: net.Socket): void {
    this.attach(socket)
    this.#ownsReads = true
    socket.on('data', this.#took)
  }

  get socket(): net.Socket {
    return this.#socket
  }

  /** Gives away a socket taken by `attachStream`, not read from any more, with `unread` in front of what is to come. */
  detach(unread: Buffer): net.Socket {
    const socket = this.#socket
    socket.pause()
    socket.off('data', this.#took)
    this.reader = nobody
    if (unread.length > 0) socket.unshift(unread)
    return socket
  }

  get destroyed(): boolean {
    return this.#socket.destroyed
  }

  /** The peer has said that it will send no more. */
  get hasEnded(): boolean {
    return this.#socket.readableEnded
  }

  /** The peer's TLS has ended without its word (close_notify): anybody on the way can have ended it. */
  get wasCutShort(): boolean {
    return isCutShort(this.#socket)
  }

  /** The first error told of it; an alert that comes after the handshake is told before the end of the connection. */
  get error(): Error | undefined {
    return this.#error
  }

  /** A write has answered false, and `drained` is still to come. */
  get congested(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** Bytes written that the kernel has not taken yet. */
  get pending(): number {
    return this.#socket.writableLength
  }

  /** Writes text (latin1) or bytes that nobody will change; false asks to wait for `drained`. */
  write(owned: Buffer | string): boolean {
    if (!this.#socket.writable) return false
    this.bytesOut += owned.length
    return typeof owned === 'string' ? this.#socket.write(owned, 'latin1') : this.#socket.write(owned)
  }

  /** Writes bytes that are just arriving on another wire, and still live in its read buffer. */
  relay(chunk: Buffer): boolean {
    const from = source
    if (from === undefined) return this.write(Buffer.from(chunk))
    if (from.#ownsReads) return this.write(chunk)
    const own = from.#own
    if (own === undefined || chunk.buffer !== own.bytes.buffer || chunk.length < STREAM_ENDS_BYTES) {
      return this.write(Buffer.from(chunk))
    }
    if (!this.#socket.writable) return false
    this.bytesOut += chunk.length
    own.hold()
    const room = this.#socket.write(chunk, () => own.release())
    // Most writes to a socket with room are over at once: then the buffer is good for the next read as it is.
    if (this.pending > 0) from.#lent = true
    return room
  }

  /** The same behind a head (latin1), as one write when both are small: one system call, one TLS record. */
  relayBehind(head: string, chunk: Buffer): boolean {
    if (chunk.length > SMALL_BYTES) {
      this.write(head)
      return this.relay(chunk)
    }
    const both = Buffer.allocUnsafe(head.length + chunk.length)
    both.write(head, 0, 'latin1')
    chunk.copy(both, head.length)
    return this.write(both)
  }

  /** Calls back once everything written so far has been handed to the kernel, or the socket is gone. */
  flushed(done: () => void): void {
    if (this.pending === 0) done()
    else this.#socket.write('', () => done())
  }

  /** Stops reading: the peer's bytes wait in the kernel, and TCP tells it to slow down. */
  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#socket.resume()
  }

  /** Sends what is written, then half-closes. */
  end(): void {
    this.#socket.end()
  }

  /** Sends what is written, then closes, whether or not the peer has finished. */
  finish(): void {
    this.#socket.destroySoon()
  }

  destroy(error?: Error): void {
    this.#error ??= error
    this.#socket.destroy()
  }

  /** Closes so that the peer cannot take what it got for complete: with a TCP reset, or without TLS's close_notify. */
  reset(): void {
    const { destroyed, encrypted, writableEnded } = this.#socket as net.Socket & { encrypted?: boolean }
    if (destroyed) return
    // Node resets plain sockets only. It also never closes the handle of one whose shutdown
    // is under way (libuv refuses the reset); everything has been sent by then, so there is nothing left to cut.
    const isShuttingDown = writableEnded && this.pending === 0
    if (encrypted === true || isShuttingDown) this.#socket.destroy()
    else resetSocket(this.#socket)
  }

  /** Stops reading and gives the raw handle for another process; the wire must be destroyed once it has been sent. */
  handleForSending(): TcpHandle | undefined {
    return this.pending > 0 ? undefined : quietHandle(this.#socket)
  }

  #received(count: number, buffer: Buffer): boolean {
    this.bytesIn += count
    this.#lastRead = count
    const outer = source
    source = this
    this.reader.bytes(buffer.subarray(0, count))
    source = outer
    return !this.#paused
  }

  /** The buffer for the next read; undefined keeps the one there is. */
  #nextBuffer(): Buffer | undefined {
    const own = this.#own
    if (own === undefined ? this.#lastRead >= STREAM_BYTES : this.#lent && this.#lastRead >= STREAM_ENDS_BYTES) {
      own?.release()
      this.#lent = false
      this.#own = takeReadBuffer()
      return this.#own.bytes
    }
    if (own === undefined || this.#lastRead >= STREAM_ENDS_BYTES) return undefined
    this.#letGoOfBuffer()
    return sharedReadBuffer
  }

  #letGoOfBuffer(): void {
    this.#own?.release()
    this.#own = undefined
    this.#lent = false
  }
}

/** Reads for a wire whose socket belongs to somebody else by now. */
const nobody: WireReader = { bytes() {}, ended() {}, drained() {}, closed() {} }
