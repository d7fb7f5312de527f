/**
 * Notices that an operator's files changed. It watches directories, never files: a watch on a file goes deaf after
 * the first ConfigMap-style symlink swap, or the first editor that renames. What counts is not the event but whether
 * the files differ afterwards, so a slow poll can stand in for a lost event, and a burst is one change.
 */
import { type FSWatcher, watch } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'

/** The files that one kind of change is about: a file, or a folder of folders of files. */
export interface WatchedGroup {
  readonly name: string
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

export interface WatchOptions<Group extends WatchedGroup> {
  /** Asked again at every look, because settings may move the files. */
  readonly groups: () => readonly Group[]
  /** Called when the files of a group are not what they were at the last look. */
  readonly changed: (group: Group) => void
  readonly debounceMs?: number
  readonly pollMs?: number
}

/** Watches until it is closed; the first look is the state that later ones are compared with. */
export class FileWatcher<Group extends WatchedGroup> {
  readonly #options: WatchOptions<Group>
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #seen = new Map<string, string>()
  #directories: Directories = new Map()
  readonly #poll: NodeJS.Timeout
  #debounce: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: WatchOptions<Group>) {
    this.#options = options
    this.#poll = setInterval(() => this.look(), options.pollMs ?? POLL_MS).unref()
  }

  /** Compares the files with the last look; one look at a time. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookNow())
    return this.#looking
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#poll)
    clearTimeout(this.#debounce)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  async #lookNow(): Promise<void> {
    const directories: Directories = new Map()
    for (const group of this.#options.groups()) {
      const print = await fingerprint(group, directories)
      if (this.#closed) return
      const before = this.#seen.get(group.name)
      this.#seen.set(group.name, print)
      if (before !== undefined && before !== print) this.#options.changed(group)
    }
    this.#directories = directories
    await this.#watchOnly(directories)
  }

  async #watchOnly(directories: Directories): Promise<void> {
    // A directory that was removed and made again is another one: the old watch would stay silent for ever.
    const wanted = new Map<string, string>()
    for (const directory of directories.keys()) wanted.set(`${directory}:${await identity(directory)}`, directory)
    if (this.#closed) return
    for (const [key, watcher] of this.#watchers) {
      if (wanted.has(key)) continue
      watcher.close()
      this.#watchers.delete(key)
    }
    const before = this.#watchers.size
    for (const [key, directory] of wanted) if (!this.#watchers.has(key)) this.#watch(key, directory)
    // What changed between the look and the new watch gave no event.
    if (this.#watchers.size > before) this.#soon()
  }

  #watch(key: string, directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => this.#stirred(directory, name))
      // It may vanish, and inotify watches may run out; the poll goes on either way.
      watcher.on('error', () => watcher.close())
      this.#watchers.set(key, watcher)
    } catch {
      // A directory that is not there yet, or one watch too many: a later look sees what is in it.
    }
  }

  /** A busy neighbour of a watched file (a log, say) must neither cost a look at each line nor put off ours. */
  #stirred(directory: string, name: string | null): void {
    const minded = this.#directories.get(directory)
    if (name === null || minded === undefined || minded.has(ANY_NAME) || minded.has(name)) this.#soon()
  }

  #soon(): void {
    clearTimeout(this.#debounce)
    this.#debounce = setTimeout(() => this.look(), this.#options.debounceMs ?? DEBOUNCE_MS)
  }
}

/**
 * Tells two states of the files apart by what the file system says of them. Reading them all every ten seconds would
 * be dear; whether a change means anything is found out by those who read the contents.
 */
async function fingerprint(group: WatchedGroup, directories: Directories): Promise<string> {
  const lines: string[] = []
  for (const file of group.files) {
    mind(directories, path.dirname(file), path.basename(file))
    // A ConfigMap is changed by turning the link ..data, through which the file is reached.
    mind(directories, path.dirname(file), '..data')
    const real = await realpath(file).catch(() => file)
    mind(directories, path.dirname(real), path.basename(real))
    lines.push(`${file} ${await identity(file)}`)
  }
  for (const folder of group.folders) await addFolder(folder, { depth: FOLDER_DEPTH, lines, directories })
  return lines.join('\n')
}

async function addFolder(
  folder: string,
  into: { depth: number; lines: string[]; directories: Directories },
): Promise<void> {
  mind(into.directories, folder, ANY_NAME)
  const entries = await readdir(folder).catch(() => [])
  for (const name of entries.sort()) {
    if (name.startsWith('.')) continue
    const entry = path.join(folder, name)
    into.lines.push(`${entry} ${await identity(entry)}`)
    const isFolder = await stat(entry)
      .then((found) => found.isDirectory())
      .catch(() => false)
    if (isFolder && into.depth > 1) await addFolder(entry, { ...into, depth: into.depth - 1 })
  }
}

function mind(directories: Directories, directory: string, name: string): void {
  directories.set(directory, (directories.get(directory) ?? new Set()).add(name))
}

async function identity(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true })
    return `${ino}.${size}.${mtimeNs}`
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

/** The directories that are watched, and the names in each that matter. */
type Directories = Map<string, Set<string>>
const ANY_NAME = '*'

const DEBOUNCE_MS = 200
const POLL_MS = 10_000
/** truststores/<name>/<file>, identities/<name>/<file>. */
const FOLDER_DEPTH = 2
