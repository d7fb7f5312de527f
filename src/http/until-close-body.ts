import type { BodyReader, BodySink } from './body.ts'

/** A body that ends when its sender closes: everything belongs to it. */
export class UntilCloseBody implements BodyReader {
  readonly done = false

  read(chunk: Buffer, out: BodySink): number {
    if (chunk.length > 0) out.piece(chunk)
    return chunk.length
  }
}
