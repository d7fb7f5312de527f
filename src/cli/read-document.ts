import { readFileSync } from 'node:fs'
import { SidecarError } from '../errors.ts'
import type { Terminal } from './terminal.ts'

/** A document an operator named, with what to call it in messages. */
export interface NamedText {
  readonly file: string
  readonly text: string
}

/** What a document from stdin is called. */
export const stdinName = 'stdin'

/** Reads a document from a file, or from stdin for `-`. */
export async function readDocument(file: string, terminal: Terminal): Promise<NamedText> {
  if (file === '-') return { file: stdinName, text: await terminal.readAll() }
  try {
    return { file, text: readFileSync(file, 'utf8') }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : code
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', `${file} cannot be read (${why})`, { details: { file }, cause })
  }
}

/** Names a file below the working directory as a person would type it. */
export function shortPath(file: string): string {
  const below = `${process.cwd()}/`
  return file.startsWith(below) ? file.slice(below.length) : file
}
