/**
 * The password of a key store, from where secrets are kept: a file beside it, or a variable that such a file names.
 * Never from a command line, which every user of the machine can read, and never from the policy.
 */
import path from 'node:path'
import { SidecarError } from '../errors.ts'
import { badFile } from './bad-file.ts'
import { readLimited } from './read-limited.ts'

const BYTES_MAX = 1024
const VARIABLE = /^VEDETTE_TRUST_PASSWORD(_[A-Z0-9_]+)?$/

export interface PasswordPlaces {
  /** The key store itself: `FILE.password` or `FILE.password-env` lie beside it. */
  readonly file: string
  /** The folder of the store, whose `password` or `password-env` is for all of its files. */
  readonly folder?: string | undefined
  readonly environment: Readonly<Record<string, string>>
}

/** Reads the password for a file; undefined when none is given anywhere. */
export async function readPassword({ file, folder, environment }: PasswordPlaces): Promise<string | undefined> {
  const bases = [`${file}.password`, ...(folder === undefined ? [] : [path.join(folder, 'password')])]
  for (const base of bases) {
    const text = await readIfThere(base)
    const name = await readIfThere(`${base}-env`)
    if (text !== undefined && name !== undefined) throw badFile(base, `stands beside ${base}-env: keep one of them`)
    if (text !== undefined) return text
    if (name !== undefined) return fromVariable(`${base}-env`, name.trim(), environment)
  }
  return undefined
}

function fromVariable(file: string, name: string, environment: Readonly<Record<string, string>>): string {
  if (!VARIABLE.test(name)) throw badFile(file, 'must name a variable that begins with VEDETTE_TRUST_PASSWORD')
  const password = environment[name]
  if (password === undefined) throw badFile(file, `the variable ${name} is not set`)
  return password
}

async function readIfThere(file: string): Promise<string | undefined> {
  const bytes = await readLimited(file, BYTES_MAX).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (bytes === undefined) return undefined
  try {
    // The line end that every editor adds is not part of the password; anything else is.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
  } catch {
    throw badFile(file, 'is not UTF-8 text')
  }
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof SidecarError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
  return cause?.code === 'ENOENT'
}
