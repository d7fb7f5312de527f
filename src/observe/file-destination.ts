/**
 * Standard output where it is a file: written at once, without a stream in between. A disk that is full costs lines and not
 * the log, which goes on as soon as there is room.
 */
import { writeSync } from 'node:fs'
import type { LineDestination } from './line-writer.ts'

/** Makes the destination of a file that is open for writing. */
export function fileDestination(fd: number): LineDestination {
  /** The last line in the file is half a line, which the next one must not be joined to. */
  let isTorn = false
  const writeWhole = (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length; ) {
      at += writeSync(fd, chunk, at)
      isTorn = chunk[at - 1] !== LINE_END
    }
  }
  return {
    recovers: true,
    write(chunk, done) {
      try {
        if (isTorn) writeWhole(lineEnd)
        writeWhole(chunk)
      } catch (error) {
        done(error as Error)
        return
      }
      done()
    },
    on() {},
  }
}

const LINE_END = 0x0a
const lineEnd = Uint8Array.of(LINE_END)
