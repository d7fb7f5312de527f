/**
 * Writing the policy file so that no failure can leave it half written or lost: the new text goes beside it and down
 * to the disk first, then takes its name in one step; until the caller is sure, one more step takes it back, which
 * needs no space on the disk.
 */
import type { Stats } from 'node:fs'
import { copyFile, type FileHandle, link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { SidecarError } from '../../../errors.ts'

/** A text that is safely on the disk beside the policy file and not yet the policy file. */
export interface StagedText {
  /** Makes it the policy file. */
  commit(): Promise<void>
  /** Puts everything back to where it was. */
  undo(): Promise<void>
  /** Forgets the way back. */
  settle(): Promise<void>
}

/** Reads the policy file; throws OPERATOR_FILE_UNREADABLE. */
export async function readPolicyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', `policy file ${file} cannot be read: ${code}`, {
      details: { file },
      cause,
    })
  }
}

/** Writes a text beside the policy file; throws OPERATOR_FILE_UNWRITABLE, and nothing has changed then. */
export async function stageText(file: string, text: string): Promise<StagedText> {
  // A link is followed once, here: renaming over it would replace the link and leave its target as it was.
  const target = await guarded(file, () => realpath(file).catch(ifMissing(file)))
  const folder = path.dirname(target)
  const candidate = path.join(folder, `.${path.basename(target)}.candidate`)
  const previous = path.join(folder, `.${path.basename(target)}.previous`)
  const like = await guarded(file, () => stat(target).catch(ifMissing(undefined)))
  const hadFile = like !== undefined
  await guarded(file, async () => {
    try {
      await writeThrough(candidate, text, like)
      if (hadFile) await keepWayBack(target, previous)
    } catch (error) {
      await rm(candidate, { force: true })
      throw error
    }
  })
  let committed = false
  return {
    commit: () =>
      guarded(file, async () => {
        await rename(candidate, target)
        committed = true
        await syncFolder(folder)
      }),
    undo: async () => {
      // What is left lying about is written over next time; what counts is that the old text has its name again.
      await rm(candidate, { force: true }).catch(() => {})
      if (committed && hadFile) await rename(previous, target)
      else await rm(committed ? target : previous, { force: true })
    },
    // By now the new text is in force, and a way back that cannot be forgotten is no reason to take it.
    settle: () => rm(previous, { force: true }).catch(() => {}),
  }
}

/** Writes a file with the mode of the one it will replace, and with its owner and group where we may give it away. */
async function writeThrough(file: string, text: string, like: Stats | undefined): Promise<void> {
  const mode = like === undefined ? 0o644 : like.mode & 0o777
  const handle = await open(file, 'w', mode)
  try {
    if (like !== undefined) await resemble(handle, like)
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function keepWayBack(target: string, previous: string): Promise<void> {
  await rm(previous, { force: true })
  // Some file systems know no hard links; a copy needs space, but now, before anything has changed.
  await link(target, previous).catch(() => copyFile(target, previous))
}

/** Without it a power cut may leave the old name although the rename was reported. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Only root may change the owner; the group may also be changed by an owner who is in it. Neither is worth a failure. */
async function resemble(handle: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await handle.stat()
  if (own.uid !== uid || own.gid !== gid) {
    await handle.chown(uid, gid).catch(() => handle.chown(own.uid, gid).catch(() => {}))
    await handle.chmod(mode & 0o777)
  }
}

/** A file that cannot be looked at is not one that is missing: what would take its place could not be undone. */
function ifMissing<T>(value: T): (cause: NodeJS.ErrnoException) => T {
  return (cause) => {
    if (cause.code === 'ENOENT') return value
    throw cause
  }
}

async function guarded<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SidecarError('OPERATOR_FILE_UNWRITABLE', `policy file ${file} cannot be written: ${code}`, {
      details: { file, reason: String(code) },
      cause,
    })
  }
}
