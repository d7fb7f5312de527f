/**
 * Adding to and removing from a trust store, as files: one PEM file for each certificate, named after its fingerprint, so
 * that nothing of an operator's file but public certificates ever reaches the folder, not even its name. Files appear
 * and change in one step, because a running instance reads the folder as soon as it changes.
 */
import crypto from 'node:crypto'
import { mkdir, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describeName } from '../certificate/describe-certificate.ts'
import { parsePem } from '../certificate/parse-pem.ts'
import { SidecarError } from '../errors.ts'
import { dayOf } from './anchor-warnings.ts'
import { badFile } from './bad-file.ts'
import type { StoreSource } from './read-store.ts'
import { builtInStores, findStoreFiles } from './store-files.ts'

/** Finds the folder that additions to a store go to; throws when the store cannot take any. */
export async function folderForAddition(folder: string, name: string): Promise<{ folder: string; isEmpty: boolean }> {
  if (builtInStores.includes(name)) throw usage(`${name} is built in: add to a store of your own`)
  const found = await findStoreFiles(folder, name)
  const [single] = found.files
  if (single !== undefined && found.folder === undefined) {
    throw usage(`trust store ${name} is the single file ${single}: move it into a folder ${name} first`)
  }
  return { folder: path.join(folder, name), isEmpty: single === undefined }
}

/** Writes certificates into the folder of a store and gives the files written. */
export async function addToStore(folder: string, certificates: readonly crypto.X509Certificate[]): Promise<string[]> {
  const files: string[] = []
  await writing(folder, () => mkdir(folder, { recursive: true }))
  for (const certificate of certificates) {
    const file = path.join(folder, `${crypto.hash('sha256', certificate.raw, 'hex').slice(0, 32)}.pem`)
    const until = dayOf(certificate.validToDate.getTime())
    await replace(file, `# ${describeName(certificate.subject)}, until ${until}\n${certificate.toString()}`)
    files.push(file)
  }
  return files
}

/** Takes one certificate out of every file that holds it and gives those files; throws before anything is changed. */
export async function removeFromStore(sources: readonly StoreSource[], raw: Buffer): Promise<string[]> {
  const holders = sources.filter(({ certificates }) => certificates.some((each) => each.raw.equals(raw)))
  const rest = sources.flatMap(({ certificates }) => certificates).filter((each) => !each.raw.equals(raw))
  if (rest.length === 0) throw usage('it is the last certificate of this store: remove the store itself, by hand')
  const texts = new Map<string, string | undefined>()
  for (const { file, certificates } of holders) {
    const isAlone = certificates.every((each) => each.raw.equals(raw))
    texts.set(file, isAlone ? undefined : await textWithout(file, raw))
  }
  for (const [file, text] of texts) {
    if (text === undefined) await writing(file, () => unlink(file))
    else await replace(file, text)
  }
  return [...texts.keys()]
}

/** Takes files back that were just added, and a folder that has nothing left. */
export async function takeBack(files: readonly string[]): Promise<void> {
  for (const file of files) await writing(file, () => rm(file, { force: true }))
  for (const folder of new Set(files.map((file) => path.dirname(file)))) {
    // Another file in it is why the folder stays.
    await rmdir(folder).catch(() => {})
  }
}

/** The text of a PEM file without the blocks of one certificate; all else stays as it is. */
async function textWithout(file: string, raw: Buffer): Promise<string> {
  const text = await readFile(file, 'utf8')
  const doomed = parsePem(text).blocks.filter(({ der }) => der.equals(raw))
  if (doomed.length === 0) {
    throw badFile(file, 'holds others beside it and is not plain PEM: take it out with the program that wrote the file')
  }
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/)
  for (const { line } of doomed.toReversed()) {
    const length = lines.slice(line - 1).findIndex((each) => each.startsWith('-----END ')) + 1
    lines.splice(line - 1, length)
  }
  return lines.join('')
}

async function replace(file: string, text: string): Promise<void> {
  // A dot-file is not part of a store, so nobody reads it half written.
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`)
  await writing(file, async () => {
    await writeFile(temporary, text, { mode: 0o644, flush: true })
    await rename(temporary, file)
  })
}

async function writing(file: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SidecarError('OPERATOR_FILE_UNWRITABLE', `${file} cannot be changed: ${code}`, {
      details: { file },
      cause,
    })
  }
}

function usage(message: string): SidecarError {
  return new SidecarError('OPERATOR_USAGE', message)
}
