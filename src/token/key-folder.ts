/**
 * A folder of token keys, `identities/<name>/<id>.token-key.json`. The newest issues, all of them are taken: so keys change
 * without a token that is out being refused, as long as the old one stays for as long as tokens live.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { SidecarError } from '../errors.ts'
import { type IssuingKey, makeIssuingKey, parseIssuingKey } from './token-key.ts'

const SUFFIX = '.token-key.json'

/** Reads every key, the newest first; throws OPERATOR_BAD_IDENTITY for one that is none. */
export async function readKeys(folder: string, name: string): Promise<readonly IssuingKey[]> {
  const inside = path.join(folder, name)
  const files = (await readdir(inside).catch(() => [])).filter((file) => file.endsWith(SUFFIX))
  const keys: IssuingKey[] = []
  for (const file of files) {
    const text = await readFile(path.join(inside, file), 'utf8').catch(() => '')
    const key = parseIssuingKey(text)
    if (key === undefined || file !== key.id + SUFFIX) throw bad(name, `${path.join(inside, file)} is no token key`)
    keys.push(key)
  }
  return keys.toSorted((one, other) => other.createdMs - one.createdMs)
}

/** Makes a key that issues from now on, and removes those that were replaced longer ago than `overlapMs`. */
export async function rotateKeys(
  folder: string,
  name: string,
  { nowMs, overlapMs }: { readonly nowMs: number; readonly overlapMs: number },
): Promise<{ readonly key: IssuingKey; readonly removed: readonly string[] }> {
  const before = await readKeys(folder, name)
  const key = makeIssuingKey(nowMs)
  const inside = path.join(folder, name)
  try {
    await mkdir(inside, { recursive: true, mode: 0o700 })
    await writeFile(path.join(inside, key.id + SUFFIX), `${JSON.stringify(key, undefined, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
    // A key was replaced when the next one was made: the newest of those there were is replaced only now.
    const over = before.filter((_, index) => nowMs - (before[index - 1]?.createdMs ?? nowMs) > overlapMs)
    for (const { id } of over) await rm(path.join(inside, id + SUFFIX))
    return { key, removed: over.map(({ id }) => id) }
  } catch (cause) {
    const message = `${inside} cannot be written: ${(cause as NodeJS.ErrnoException).code}`
    throw new SidecarError('OPERATOR_FILE_UNWRITABLE', message, { cause })
  }
}

function bad(name: string, what: string): SidecarError {
  const message = `token keys ${JSON.stringify(name)}: ${what}`
  return new SidecarError('OPERATOR_BAD_IDENTITY', message, { details: { identity: name } })
}
