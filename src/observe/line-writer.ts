/**
 * The one way to standard output for log lines. Several worker processes share one pipe, and the kernel keeps a write
 * to a pipe whole only up to PIPE_BUF: so whole lines are gathered into chunks of at most 4096 bytes, and one chunk is
 * on its way at a time (two waiting writes would be joined into a longer one). A reader that stops costs bounded
 * memory and then lines, which are counted; it never costs the event loop a wait.
 */

import { fstatSync } from 'node:fs'

/** The part of a Writable that is used; process.stdout is one. */
export interface LineDestination {
  write(chunk: string, encoding: 'latin1' | 'utf8', done: (error?: Error | null) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
}

export interface LineWriterOptions {
  readonly destination: LineDestination
  /** Told how many lines were lost, once the destination takes lines again. */
  readonly onDropped?: (lines: number) => void
  readonly flushAfterMs?: number
  readonly queueBytesMax?: number
  /** Most bytes of one write; PIPE_BUF unless nobody else writes between ours, or writes stay whole at any size. */
  readonly chunkBytesMax?: number
}

/** Lines queued for a destination. */
export interface LineWriter {
  /**
   * Queues one line, its line end included, for the next chunk. Whoever knows its size in UTF-8 says so, and exactly: asking
   * costs a copy, and a line whose bytes are as many as its letters is written as the ASCII that it then is.
   */
  write(line: string, bytes?: number): void
  /** Hands over what is queued without waiting for the timer. */
  flush(): void
  /** Flushes and waits until the destination took everything. */
  close(): Promise<void>
  /** Hands over everything at once, for the exit of the process; what the destination refuses now is lost. */
  finish(): void
  /** Lines lost since the start. */
  dropped(): number
}

/** Makes the writer of this process's standard output, flushed when the process exits. */
export function writeToStandardOutput(onDropped?: (lines: number) => void): LineWriter {
  const chunkBytesMax = fstatSync(1).isFile() ? FILE_CHUNK_BYTES : PIPE_BUF
  const told = onDropped === undefined ? {} : { onDropped }
  const writer = createLineWriter({ destination: process.stdout, chunkBytesMax, ...told })
  process.once('exit', () => writer.finish())
  return writer
}

/** Makes a writer for a destination. */
export function createLineWriter(options: LineWriterOptions): LineWriter {
  return new BatchingWriter(options)
}

interface Chunk {
  readonly text: string
  readonly bytes: number
}

/** As many bytes as letters means ASCII, whose latin1 is its UTF-8 and is written without a look at each letter. */
function encodingOf({ text, bytes }: Chunk): 'latin1' | 'utf8' {
  return bytes === text.length ? 'latin1' : 'utf8'
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
  #batch = ''
  #batchBytes = 0
  #queue: Chunk[] = []
  #queuedBytes = 0
  #inFlight = false
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

  write(line: string, bytes: number = Buffer.byteLength(line)): void {
    if (this.#gone || this.#queuedBytes + this.#batchBytes + bytes > this.#queueBytesMax) {
      this.#dropped++
      return
    }
    if (this.#batchBytes + bytes > this.#chunkBytesMax) this.flush()
    this.#batch += line
    this.#batchBytes += bytes
    if (!this.#timerArmed) {
      this.#timerArmed = true
      this.#timer.refresh()
    }
  }

  flush(): void {
    if (this.#batchBytes > 0) {
      this.#queue.push({ text: this.#batch, bytes: this.#batchBytes })
      this.#queuedBytes += this.#batchBytes
      this.#batch = ''
      this.#batchBytes = 0
    }
    this.#pump()
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      this.flush()
    })
  }

  finish(): void {
    if (this.#batchBytes > 0) this.#queue.push({ text: this.#batch, bytes: this.#batchBytes })
    this.#batch = ''
    this.#batchBytes = 0
    for (const chunk of this.#queue.splice(0)) this.#destination.write(chunk.text, encodingOf(chunk), () => {})
  }

  dropped(): number {
    return this.#dropped
  }

  #pump(): void {
    if (this.#inFlight) return
    if (this.#gone) this.#queue = []
    const chunk = this.#queue.shift()
    if (chunk === undefined) {
      this.#becomeIdle()
      return
    }
    this.#inFlight = true
    this.#destination.write(chunk.text, encodingOf(chunk), (error) => {
      this.#inFlight = false
      this.#queuedBytes -= chunk.bytes
      if (error) this.#gone = true
      this.#pump()
    })
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
/** The kernel keeps any write to a file whole, and fewer of them cost less. */
const FILE_CHUNK_BYTES = 65_536
