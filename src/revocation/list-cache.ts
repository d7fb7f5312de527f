/**
 * Fetched lists under the state folder, so that a restart does not ask for them all again. A file that cannot be
 * read or written costs a fetch and nothing else. Names are hashes of URLs: what a certificate says is never a path.
 */
import crypto from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** A list as it was fetched, with who must have signed it. */
export interface CachedList {
  readonly url: string
  /** Base64 DER. */
  readonly issuerCertificate: string
  readonly fetchedMs: number
  /** Base64. */
  readonly der: string
}

export class ListCache {
  readonly #folder: string

  constructor(state: string) {
    this.#folder = path.join(state, 'revocation-lists')
  }

  async load(): Promise<CachedList[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const lists = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => this.#loadOne(name)))
    return lists.filter((list) => list !== undefined)
  }

  async store(list: CachedList): Promise<void> {
    const file = this.#fileOf(list.url)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await writeFile(`${file}.new`, JSON.stringify(list), { mode: 0o600 })
      await rename(`${file}.new`, file)
    } catch {
      // The list is in force all the same; the next start fetches it again.
    }
  }

  async forget(url: string): Promise<void> {
    await rm(this.#fileOf(url), { force: true }).catch(() => {})
  }

  async #loadOne(name: string): Promise<CachedList | undefined> {
    try {
      const list = JSON.parse(await readFile(path.join(this.#folder, name), 'utf8')) as Partial<CachedList>
      const isWhole = [list.url, list.issuerCertificate, list.der].every((each) => typeof each === 'string')
      return isWhole && typeof list.fetchedMs === 'number' ? (list as CachedList) : undefined
    } catch {
      return undefined
    }
  }

  #fileOf(url: string): string {
    return path.join(this.#folder, `${crypto.hash('sha256', url, 'hex')}.json`)
  }
}
