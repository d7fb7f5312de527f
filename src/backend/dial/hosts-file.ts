import { readFile, stat } from 'node:fs/promises'
import net from 'node:net'

const REREAD_BYTES_MAX = 4 * 1024 * 1024

/** /etc/hosts as a table that follows the file: it is parsed again when its time or size has changed. */
export class HostsFile {
  readonly #path: string
  #version = ''
  #table: ReadonlyMap<string, readonly string[]> = new Map()

  constructor(path = '/etc/hosts') {
    this.#path = path
  }

  /** The addresses the file has for a name (lower case); undefined when it has none, or cannot be read. */
  async find(name: string): Promise<readonly string[] | undefined> {
    const status = await stat(this.#path).catch(() => undefined)
    if (status === undefined) return undefined
    const version = `${status.mtimeMs} ${status.size} ${status.ino}`
    if (version !== this.#version && status.size <= REREAD_BYTES_MAX) {
      this.#table = parseHosts(await readFile(this.#path, 'utf8').catch(() => ''))
      this.#version = version
    }
    return this.#table.get(name)
  }
}

/** Parses the hosts format: an address, then its names; `#` begins a comment. */
export function parseHosts(text: string): Map<string, string[]> {
  const table = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (net.isIP(address) === 0) continue
    for (const name of names.map((each) => each.toLowerCase().replace(/\.$/, ''))) {
      const addresses = table.get(name)
      if (addresses === undefined) table.set(name, [address])
      else if (!addresses.includes(address)) addresses.push(address)
    }
  }
  return table
}
