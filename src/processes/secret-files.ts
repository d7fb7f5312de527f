/**
 * The files of secrets that settings name: one entry a line, empty lines and lines that begin with # left out. What
 * stands in them is in no message: only the number of a line that is wrong.
 */
import crypto from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SidecarError } from '../errors.ts'
import { badDocument, type Problem } from '../policy/problem.ts'
import type { Settings } from '../settings/settings.ts'
import type { Secrets } from '../settings/snapshot.ts'

/** Names the files that the settings have. */
export function secretFiles({ socks }: Pick<Settings, 'socks'>): readonly string[] {
  return [socks.users].filter((file) => file !== 'none')
}

/** Reads them; throws OPERATOR_FILE_UNREADABLE, or OPERATOR_BAD_DOCUMENT with every line that is wrong. */
export async function readSecrets({ socks }: Pick<Settings, 'socks'>): Promise<Secrets | undefined> {
  if (socks.users === 'none') return undefined
  return Object.freeze({ socksUsers: Object.freeze(await readUsers(socks.users)) })
}

async function readUsers(file: string): Promise<Readonly<Record<string, string>>> {
  const users = new Map<string, string>()
  const entries = await readEntries(file, (text) => {
    const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(text) ?? []
    if (user === '' || password === '') return 'expected user:password'
    if (Buffer.byteLength(user) > PART_BYTES_MAX || Buffer.byteLength(password) > PART_BYTES_MAX) {
      return `expected user and password of at most ${PART_BYTES_MAX} bytes`
    }
    if (users.has(user)) return 'names a user that another line has'
    users.set(user, crypto.hash('sha256', password, 'hex'))
    return undefined
  })
  if (entries === 0) throw badDocument([problemAt(file, 1, 'names no user: nobody could come in')])
  return Object.fromEntries(users)
}

/** Gives every entry to `take`, which says what is wrong with it; tells how many there were. */
async function readEntries(file: string, take: (text: string) => string | undefined): Promise<number> {
  const problems: Problem[] = []
  let entries = 0
  for (const [index, line] of (await readText(file)).split('\n').entries()) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    entries += 1
    const fault = take(text)
    if (fault !== undefined) problems.push(problemAt(file, index + 1, fault))
  }
  if (problems.length > 0) throw badDocument(problems)
  return entries
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const message = `${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', message, { details: { file }, cause })
  }
}

function problemAt(file: string, line: number, message: string): Problem {
  return { file, line, column: 1, path: '', message, severity: 'error' }
}

/** One byte says how long each is (RFC 1929). */
const PART_BYTES_MAX = 255
