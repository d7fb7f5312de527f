/**
 * Standard output where it is a file: written at once, without a stream in between. A disk that is full costs lines and not
 * the log, which goes on as soon as there is room. Several processes may write to one file: each that found no room begins
 * with a line end, for any of them may have left half a line.
 */
import { writeSync } from 'node:fs'
import type { LineDestination } from './line-writer.ts'

/** Makes the destination of a file that is open for writing. */
export function fileDestination(fd: number): LineDestination {
  let mayBeTorn = false
  return {
    recovers: true,
    write(chunk, done) {
      let written = 0
      try {
        if (mayBeTorn) writeSync(fd, '\n')
        mayBeTorn = false
        while (written < chunk.length) written += writeSync(fd, chunk, written)
      } catch (error) {
        mayBeTorn = true
        done(error as Error, written)
        return
      }
      done()
    },
    on() {},
  }
}
