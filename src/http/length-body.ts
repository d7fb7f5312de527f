import type { BodyReader, BodySink } from './body.ts'

/** A body of a known length. */
export class LengthBody implements BodyReader {
  done: boolean
  private remaining: number

  constructor(length: number) {
    this.remaining = length
    this.done = length === 0
  }

  read(chunk: Buffer, out: BodySink): number {
    const size = Math.min(chunk.length, this.remaining)
    if (size === 0) return 0
    this.remaining -= size
    this.done = this.remaining === 0
    out.piece(size === chunk.length ? chunk : chunk.subarray(0, size))
    return size
  }
}
