/**
 * Reading a body out of the bytes of a connection. A reader is fed what was read, hands the parts that matter
 * to a sink and stops at the end of the body, so that what follows stays with the connection.
 * Pieces are views of the bytes that were fed: a sink that keeps one past its call must copy it.
 */

/** Where the parts of a body go. */
export interface BodySink {
  piece(bytes: Buffer): void
}

/** One body, read as its bytes arrive. */
export interface BodyReader {
  /** Whether the body is complete. A body that ends with the connection never is: its close completes it. */
  readonly done: boolean
  /** Takes bytes and tells how many of them belong to the body; throws HttpSyntaxError at a broken one. */
  read(chunk: Buffer, out: BodySink): number
}
