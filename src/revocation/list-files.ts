/** The operator's own lists: every file of one folder, PEM or DER, each by itself, so that a bad one spoils no other. */
import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { parsePem } from '../certificate/parse-pem.ts'

/** Longest list, whether it comes from a file or from the network. */
export const LIST_BYTES_MAX = 10 * 1024 * 1024
const FILES_MAX = 200

/** One list of a file; a file that is none has a fault instead. */
export interface FileList {
  readonly source: string
  readonly der: Buffer | undefined
  readonly fault: string | undefined
}

/** Reads the folder; one that is not there is empty. */
export async function readListFiles(folder: string): Promise<FileList[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => !name.startsWith('.') && /\.(crl|pem|der)$/i.test(name)).sort()
  const found: FileList[] = []
  for (const name of files.slice(0, FILES_MAX)) found.push(...(await readListFile(path.join(folder, name))))
  return found
}

async function readListFile(file: string): Promise<FileList[]> {
  const bad = (fault: string): FileList[] => [{ source: file, der: undefined, fault }]
  let bytes: Buffer
  try {
    // Without O_NONBLOCK a named pipe would hold us until somebody writes to it.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const found = await handle.stat()
      if (!found.isFile()) return bad('is not a plain file')
      if (found.size > LIST_BYTES_MAX) return bad(`is longer than ${LIST_BYTES_MAX} bytes`)
      bytes = await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    return bad(`cannot be read: ${(thrown as NodeJS.ErrnoException).code}`)
  }
  if (bytes[0] === 0x30) return [{ source: file, der: bytes, fault: undefined }]
  const { blocks, problems } = parsePem(bytes.toString('latin1'))
  const [problem] = problems
  if (problem !== undefined) return bad(`line ${problem.line}: ${problem.message}`)
  const other = blocks.find(({ label }) => label !== 'X509 CRL')
  if (other !== undefined) return bad(`line ${other.line} holds a ${other.label}: only lists (X509 CRL) belong here`)
  if (blocks.length === 0) return bad('holds no list: PEM (X509 CRL) or DER is expected')
  return blocks.map(({ der, line }) => ({
    source: blocks.length === 1 ? file : `${file}:${line}`,
    der,
    fault: undefined,
  }))
}
