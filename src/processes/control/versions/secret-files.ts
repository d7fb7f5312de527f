/**
 * The files of secrets that settings name: one entry a line, empty lines and lines that begin with # left out. What
 * stands in them is in no message: only the number of a line that is wrong.
 */
import crypto from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SidecarError } from '../../../errors.ts'
import { badDocument, type Problem } from '../../../policy/document/problem.ts'
import { parseAuthority } from '../../../policy/parse-destination.ts'
import type { Settings } from '../../../settings/settings.ts'
import type { Credentials, Secrets } from '../../../settings/snapshot.ts'

/** Names the files that the settings have. */
export function secretFiles({ socks, upstreamCredentials }: SecretSettings): readonly string[] {
  return [socks.users, upstreamCredentials].filter((file) => file !== 'none')
}

/** Reads them; throws OPERATOR_FILE_UNREADABLE, or OPERATOR_BAD_DOCUMENT with every line that is wrong. */
export async function readSecrets({ socks, upstreamCredentials }: SecretSettings): Promise<Secrets | undefined> {
  if (socks.users === 'none' && upstreamCredentials === 'none') return undefined
  return Object.freeze({
    ...(socks.users === 'none' ? {} : { socksUsers: await readUsers(socks.users) }),
    ...(upstreamCredentials === 'none' ? {} : { upstreams: await readUpstreams(upstreamCredentials) }),
  })
}

type SecretSettings = Pick<Settings, 'socks' | 'upstreamCredentials'>

async function readUpstreams(file: string): Promise<Readonly<Record<string, Credentials>>> {
  const upstreams = new Map<string, Credentials>()
  await readEntries(file, (text) => {
    const [, proxy = '', ours = ''] = /^(\S+)\s+(.*)$/s.exec(text) ?? []
    const authority = authorityOf(proxy)
    const parts = readPair(ours)
    if (authority === undefined || typeof parts === 'string') return 'expected host:port user:password'
    if (upstreams.has(authority)) return 'names a proxy that another line has'
    upstreams.set(authority, parts)
    return undefined
  })
  return Object.fromEntries(upstreams)
}

function authorityOf(text: string): string | undefined {
  try {
    return parseAuthority(text).authority
  } catch {
    return undefined
  }
}

/** Reads user:password, or says what is wrong with it. */
function readPair(text: string): Credentials | string {
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(text) ?? []
  if (user === '' || password === '') return 'expected user:password'
  const areShort = [user, password].every((part) => Buffer.byteLength(part) <= PART_BYTES_MAX)
  return areShort ? { user, password } : `expected user and password of at most ${PART_BYTES_MAX} bytes`
}

async function readUsers(file: string): Promise<Readonly<Record<string, string>>> {
  const users = new Map<string, string>()
  const entries = await readEntries(file, (text) => {
    const pair = readPair(text)
    if (typeof pair === 'string') return pair
    if (users.has(pair.user)) return 'names a user that another line has'
    users.set(pair.user, crypto.hash('sha256', pair.password, 'hex'))
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
