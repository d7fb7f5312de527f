import { fstatSync } from 'node:fs'
import { fileDestination } from './file-destination.ts'
import { createLineWriter, type LineWriter } from './line-writer.ts'

/** Makes the writer of this process's standard output, flushed when the process exits. */
export function writeToStandardOutput(onDropped?: (lines: number) => void): LineWriter {
  const told = onDropped === undefined ? {} : { onDropped }
  const writer = fstatSync(1).isFile()
    ? createLineWriter({ destination: fileDestination(1), chunkBytesMax: FILE_CHUNK_BYTES, ...told })
    : createLineWriter({ destination: process.stdout, ...told })
  process.once('exit', () => writer.finish())
  return writer
}

/** The kernel keeps any write to a file whole, and fewer of them cost less. */
const FILE_CHUNK_BYTES = 65_536
