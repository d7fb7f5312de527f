/**
 * A body in chunks (RFC 9112 section 7.1), read strictly and in any segmentation: sizes are plain hexadecimal,
 * every line ends with CRLF, extensions are left out, trailers are judged before they are passed on.
 *
 * Passing through keeps the sender's chunks: what is canonical goes out as a view of the bytes that came in,
 * so a small body is one piece and nothing is copied. `from` is where the piece in the making starts in the
 * bytes being read, or -1 while nothing of them is wanted.
 */

import type { BodyReader, BodySink } from './body.ts'
import { EXTENSION_OVER, EXTENSION_START, nextExtensionState } from './chunk-extension.ts'
import { refuse, refuseByte } from './syntax-error.ts'
import { parseTrailers, trailerBytesMax, writeTrailers } from './trailer-fields.ts'

/** Whether the chunks themselves are wanted, or only what is in them. */
export type ChunkedMode = 'passThrough' | 'dataOnly'

/** The extensions of one chunk may be this long; there is no honest use for more. */
export const extensionBytesMax = 256
/** A chunk size may have this many digits with its leading zeros. */
export const sizeDigitsMax = 16

const CR = 0x0d
const LF = 0x0a
const SEMICOLON = 0x3b

/** The largest size to which another digit can be added and counted exactly. */
const sizeMaxBeforeDigit = Math.floor(Number.MAX_SAFE_INTEGER / 16)

// What the next byte is, as numbers: this is compared once per byte of framing.
const SIZE = 0
const EXTENSION = 1
const SIZE_LF = 2
const DATA = 3
const DATA_CR = 4
const DATA_LF = 5
const TRAILER_START = 6
const TRAILERS = 7
const LAST_LF = 8

/** A body in chunks. */
export class ChunkedBody implements BodyReader {
  done = false
  /** The trailer fields that may be passed on: name, value, …; empty until the body is done. */
  trailers: readonly string[] = []
  private readonly passesThrough: boolean
  private state = SIZE
  private from = -1
  private size = 0
  private digits = 0
  private extension = EXTENSION_START
  private extensionBytes = 0
  private section = noBytes
  private sectionBytes = 0

  constructor(mode: ChunkedMode) {
    this.passesThrough = mode === 'passThrough'
  }

  read(chunk: Buffer, out: BodySink): number {
    const { length } = chunk
    let at = 0
    this.from = this.passesThrough && this.state !== EXTENSION && this.state !== TRAILERS ? 0 : -1
    while (at < length && !this.done) {
      if (this.state === DATA) at = this.readData(chunk, at, out)
      else {
        this.readFraming(chunk, at, out)
        at++
      }
    }
    this.emit(chunk, at, out)
    return at
  }

  private readData(chunk: Buffer, at: number, out: BodySink): number {
    const size = Math.min(this.size, chunk.length - at)
    this.size -= size
    if (this.size === 0) this.state = DATA_CR
    if (!this.passesThrough) out.piece(chunk.subarray(at, at + size))
    return at + size
  }

  private readFraming(chunk: Buffer, at: number, out: BodySink): void {
    const byte = chunk[at] as number
    switch (this.state) {
      case SIZE:
        this.readSize(byte, chunk, at, out)
        return
      case EXTENSION:
        this.readExtension(byte, at)
        return
      case SIZE_LF:
        if (byte !== LF) refuse('chunk-line-end')
        this.state = this.size === 0 ? TRAILER_START : DATA
        return
      case DATA_CR:
        if (byte !== CR) refuse('chunk-data-end')
        this.state = DATA_LF
        return
      case DATA_LF:
        if (byte !== LF) refuse('chunk-data-end')
        this.state = SIZE
        this.digits = 0
        return
      case TRAILER_START:
        if (byte === CR) this.state = LAST_LF
        else this.startTrailers(byte, chunk, at, out)
        return
      case TRAILERS:
        this.readTrailer(byte, out)
        return
      default:
        if (byte !== LF) refuse('bare-cr')
        this.done = true
    }
  }

  private readSize(byte: number, chunk: Buffer, at: number, out: BodySink): void {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      if (++this.digits > sizeDigitsMax || this.size > sizeMaxBeforeDigit) refuse('chunk-size-too-large')
      this.size = this.size * 16 + digit
      return
    }
    if (this.digits === 0) refuse('bad-chunk-size')
    if (byte === CR) this.state = SIZE_LF
    else if (byte === SEMICOLON) {
      this.emit(chunk, at, out)
      this.state = EXTENSION
      this.extension = EXTENSION_START
      this.extensionBytes = 0
    } else refuse(byte === LF ? 'chunk-line-end' : 'bad-chunk-size')
  }

  private readExtension(byte: number, at: number): void {
    if (++this.extensionBytes > extensionBytesMax) refuse('chunk-extension-too-long')
    this.extension = nextExtensionState(this.extension, byte)
    if (this.extension !== EXTENSION_OVER) return
    this.state = SIZE_LF
    // The CR that ends the extensions ends the size line that is passed on.
    if (this.passesThrough) this.from = at
  }

  private startTrailers(byte: number, chunk: Buffer, at: number, out: BodySink): void {
    this.emit(chunk, at, out)
    this.state = TRAILERS
    this.section = Buffer.allocUnsafe(trailerBytesMax)
    this.readTrailer(byte, out)
  }

  private readTrailer(byte: number, out: BodySink): void {
    const { section } = this
    const at = this.sectionBytes++
    if (at === trailerBytesMax) refuse('trailers-too-large')
    // Line ends are judged at once; the rest waits for the whole section, of which nothing is passed on before.
    if ((byte === LF) !== (at > 0 && section[at - 1] === CR)) refuseByte(byte === LF ? LF : CR, byte)
    section[at] = byte
    if (byte !== LF || section[at - 2] !== LF) return
    this.trailers = parseTrailers(section.subarray(0, at + 1))
    this.section = noBytes
    this.done = true
    if (this.passesThrough) out.piece(writeTrailers(this.trailers))
  }

  private emit(chunk: Buffer, to: number, out: BodySink): void {
    const { from } = this
    this.from = -1
    if (from < 0 || to === from) return
    out.piece(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to))
  }
}

const noBytes = Buffer.alloc(0)

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
