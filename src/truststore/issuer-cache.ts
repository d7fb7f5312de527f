/**
 * Fetched certificates of issuers under the state folder, so that a restart does not refuse and fetch again. A file that
 * cannot be read or written costs a fetch and nothing else. Names are hashes of addresses: what a certificate says is
 * never a path.
 */
import crypto from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

export interface CachedIssuer {
  readonly url: string
  readonly fetchedMs: number
  /** DER in base64. */
  readonly certificates: readonly string[]
}

export class IssuerCache {
  readonly #folder: string

  constructor(state: string) {
    this.#folder = path.join(state, 'issuers')
  }

  /** Reads what there is, the latest first, and takes away what is beyond `max`. */
  async load(max: number): Promise<CachedIssuer[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith('.json'))
    const read = await Promise.all(names.map((name) => this.#loadOne(name)))
    const found = read.filter((each) => each !== undefined).sort((a, b) => b.fetchedMs - a.fetchedMs)
    for (const { url } of found.slice(max)) await this.forget(url)
    return found.slice(0, max)
  }

  async store(issuer: CachedIssuer): Promise<void> {
    const file = this.#fileOf(issuer.url)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await writeFile(`${file}.new`, JSON.stringify(issuer), { mode: 0o600 })
      await rename(`${file}.new`, file)
    } catch {
      // It is known all the same; the next start fetches it again.
    }
  }

  async forget(url: string): Promise<void> {
    await rm(this.#fileOf(url), { force: true }).catch(() => {})
  }

  async #loadOne(name: string): Promise<CachedIssuer | undefined> {
    try {
      const { url, fetchedMs, certificates } = JSON.parse(await readFile(path.join(this.#folder, name), 'utf8'))
      const isWhole = typeof url === 'string' && typeof fetchedMs === 'number' && Array.isArray(certificates)
      return isWhole ? { url, fetchedMs, certificates: certificates.map(String) } : undefined
    } catch {
      return undefined
    }
  }

  #fileOf(url: string): string {
    return path.join(this.#folder, `${crypto.hash('sha256', url, 'hex')}.json`)
  }
}
