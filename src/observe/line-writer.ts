/**
 * The one way out for log lines. Several worker processes share one pipe, and the kernel keeps a write
 * to a pipe whole only up to PIPE_BUF: so whole lines are gathered into chunks of at most 4096 bytes, and one chunk is
 * on its way at a time (two waiting writes would be joined into a longer one). A reader that stops costs bounded
 * memory and then lines, which are counted; it never costs the event loop a wait.
 */

import type { AsciiLine } from './ascii-line.ts'

/** The part of a Writable that is used; process.stdout is one. */
export interface LineDestination {
  /** The bytes of a chunk stay as they are until `done`, and not longer. With an error it may tell how many it has taken. */
  write(chunk: Uint8Array, done: (error?: Error | null, bytesTaken?: number) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Takes lines again after an error: a disk that is full is not full for ever. A reader that went away stays away. */
  readonly recovers?: boolean
}

export interface LineWriterOptions {
  readonly destination: LineDestination
  /** Told how many lines were lost since it was told last, when nothing waits any more; it must not write any. */
  readonly onDropped?: (lines: number) => void
  readonly flushAfterMs?: number
  readonly queueBytesMax?: number
  /** Most bytes of one write; PIPE_BUF unless nobody else writes between ours, or writes stay whole at any size. */
  readonly chunkBytesMax?: number
}

/** Lines queued for a destination. */
export interface LineWriter {
  /** Queues one line, its line end included, for the next chunk. */
  write(line: string): void
  /** The same for a line that is bytes already; it may be begun anew at once. */
  writeAscii(line: AsciiLine): void
  /** Hands over what is queued without waiting for the timer. */
  flush(): void
  /** Flushes and waits until the destination took everything. */
  close(): Promise<void>
  /** Hands over everything at once, for the exit of the process; what the destination refuses now is lost. */
  finish(): void
  /** Lines lost since the start. */
  dropped(): number
}

/** Makes a writer for a destination. */
export function createLineWriter(options: LineWriterOptions): LineWriter {
  return new BatchingWriter(options)
}

/** Whole lines in a buffer that may be longer than they are. */
interface Chunk {
  readonly buffer: Buffer
  readonly bytes: number
}

class BatchingWriter implements LineWriter {
  readonly #destination: LineDestination
  readonly #onDropped: (lines: number) => void
  readonly #flushAfterMs: number
  readonly #queueBytesMax: number
  readonly #chunkBytesMax: number
  readonly #timer: NodeJS.Timeout
  readonly #idle: (() => void)[] = []
  #timerArmed = false
  /** The chunk in the making, and how much of it is lines. */
  #buffer: Buffer = nothing
  #used = 0
  /** One that has been written, to be filled again. */
  #spare: Buffer | undefined
  #queue: Chunk[] = []
  #queuedBytes = 0
  #inFlight = false
  /** Somebody wants the chunk in the making to go out, as soon as the one before has. */
  #isAsked = false
  #gone = false
  #dropped = 0
  #droppedReported = 0

  constructor(options: LineWriterOptions) {
    this.#destination = options.destination
    this.#onDropped = options.onDropped ?? (() => {})
    this.#flushAfterMs = options.flushAfterMs ?? 200
    this.#chunkBytesMax = options.chunkBytesMax ?? PIPE_BUF
    this.#queueBytesMax = options.queueBytesMax ?? 1024 * 1024
    this.#timer = setTimeout(() => {
      this.#timerArmed = false
      this.flush()
    }, this.#flushAfterMs).unref()
    // A pipe whose reader went away (EPIPE) must not end the process: traffic goes on without its log.
    this.#destination.on('error', () => {
      this.#gone = true
    })
  }

  write(line: string): void {
    const at = this.#room(Buffer.byteLength(line))
    if (at !== undefined) this.#buffer.write(line, at)
  }

  writeAscii(line: AsciiLine): void {
    const at = this.#room(line.length)
    if (at !== undefined) line.copyTo(this.#buffer, at)
  }

  flush(): void {
    this.#isAsked = this.#used > 0
    this.#pump()
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      this.flush()
    })
  }

  finish(): void {
    this.#finishChunk()
    for (const chunk of this.#queue.splice(0)) this.#destination.write(linesOf(chunk), () => {})
  }

  dropped(): number {
    return this.#dropped
  }

  /** Gives where in the chunk a line of so many bytes goes; undefined when it is lost. */
  #room(bytes: number): number | undefined {
    if (this.#gone || this.#queuedBytes + this.#used + bytes > this.#queueBytesMax) {
      this.#dropped++
      return undefined
    }
    if (this.#used + bytes > this.#buffer.length) this.#nextChunk(bytes)
    const at = this.#used
    this.#used += bytes
    if (!this.#timerArmed) {
      this.#timerArmed = true
      this.#timer.refresh()
    }
    return at
  }

  #nextChunk(bytes: number): void {
    this.#finishChunk()
    this.#pump()
    const spare = bytes > this.#chunkBytesMax ? undefined : this.#spare
    this.#spare = undefined
    this.#buffer = spare ?? Buffer.allocUnsafeSlow(Math.max(bytes, this.#chunkBytesMax))
  }

  #finishChunk(): void {
    this.#isAsked = false
    if (this.#used > 0) this.#queue.push({ buffer: this.#buffer, bytes: this.#used })
    this.#queuedBytes += this.#used
    this.#buffer = nothing
    this.#used = 0
  }

  #pump(): void {
    if (this.#inFlight) return
    if (this.#isAsked) this.#finishChunk()
    if (this.#gone) this.#queue = []
    const chunk = this.#queue.shift()
    if (chunk === undefined) {
      this.#becomeIdle()
      return
    }
    this.#inFlight = true
    this.#destination.write(linesOf(chunk), (error, bytesTaken = 0) => {
      this.#inFlight = false
      this.#queuedBytes -= chunk.bytes
      if (chunk.buffer.length === this.#chunkBytesMax) this.#spare = chunk.buffer
      if (error) this.#refused(linesOf(chunk).subarray(bytesTaken))
      this.#pump()
    })
  }

  #refused(lines: Uint8Array): void {
    if (this.#destination.recovers === true) this.#dropped += lines.filter((byte) => byte === LINE_END).length
    else this.#gone = true
  }

  #becomeIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve()
    const lost = this.#dropped - this.#droppedReported
    if (lost === 0 || this.#gone) return
    this.#droppedReported = this.#dropped
    this.#onDropped(lost)
  }
}

/** Of Linux: the kernel keeps a write to a pipe whole up to here. */
const PIPE_BUF = 4096
const LINE_END = 0x0a
const nothing = Buffer.alloc(0)

function linesOf({ buffer, bytes }: Chunk): Uint8Array {
  return buffer.subarray(0, bytes)
}
