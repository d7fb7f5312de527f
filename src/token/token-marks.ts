/**
 * Which tokens are of no use any more: spent, or revoked. Each is an empty file under its id, made so that of two who make
 * it one fails: that holds among workers, generations and restarts, with the control process dead, and costs one call
 * to the file system. An id says when its token ends, so what is over can be thrown away by its name.
 */
import { access, mkdir, open, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { SidecarError } from '../errors.ts'
import { TOKEN_ID } from './tunnel-token.ts'

export class TokenMarks {
  readonly #folder: string

  /** `state` is the state folder of the instance. */
  constructor(state: string) {
    this.#folder = path.join(state, 'tokens')
  }

  /** Tells whether a token is of no use any more. */
  async has(id: string): Promise<boolean> {
    return access(this.#fileOf(id)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false
        throw this.#unusable(error)
      },
    )
  }

  /** Marks a token; tells whether this call was the one that did. Throws OPERATOR_FILE_UNWRITABLE. */
  async add(id: string): Promise<boolean> {
    const file = this.#fileOf(id)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await (await open(file, 'wx', 0o600)).close()
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw this.#unusable(error)
    }
  }

  /** Throws away what has ended by itself; tells how many those were. */
  async sweep(nowMs: number): Promise<number> {
    const names = await readdir(this.#folder).catch(() => [])
    const over = names.filter((name) => {
      const [, end] = TOKEN_ID.exec(name) ?? []
      return end !== undefined && Number.parseInt(end, 36) * 1000 < nowMs - KEPT_MS
    })
    for (const name of over) await rm(path.join(this.#folder, name), { force: true })
    return over.length
  }

  #fileOf(id: string): string {
    if (!TOKEN_ID.test(id)) throw new SidecarError('OPERATOR_USAGE', `${JSON.stringify(id)} is no id of a token`)
    return path.join(this.#folder, id)
  }

  #unusable(cause: unknown): SidecarError {
    const message = `${this.#folder} cannot be used: ${(cause as NodeJS.ErrnoException).code}`
    return new SidecarError('OPERATOR_FILE_UNWRITABLE', message, { cause })
  }
}

/** Longer than clocks may go apart. */
const KEPT_MS = 600_000
