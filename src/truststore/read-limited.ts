import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { SidecarError } from '../errors.ts'
import { badFile } from './bad-file.ts'

const FILE_BYTES_MAX = 10 * 1024 * 1024

/** Reads a plain file of limited size; throws OPERATOR_BAD_TRUST_STORE naming it. */
export async function readLimited(file: string, bytesMax = FILE_BYTES_MAX): Promise<Buffer> {
  const handle = await openPlain(file)
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw badFile(file, 'is not a plain file')
    if (found.size > bytesMax) throw badFile(file, `${found.size} bytes are too many, ${bytesMax} at most`)
    const bytes = await handle.readFile()
    // It may have grown since it was measured.
    if (bytes.length <= bytesMax) return bytes
    throw badFile(file, `${bytes.length} bytes are too many, ${bytesMax} at most`)
  } catch (thrown) {
    throw thrown instanceof SidecarError ? thrown : unreadable(file, thrown)
  } finally {
    await handle.close()
  }
}

async function openPlain(file: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK a named pipe would hold us until somebody writes to it.
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

function unreadable(file: string, cause: unknown): SidecarError {
  return badFile(file, `cannot be read: ${(cause as NodeJS.ErrnoException).code}`, cause)
}
