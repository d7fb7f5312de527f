/**
 * Fetches, for the control process, the certificates of issuers that backends did not send, from where the certificate
 * itself says they are (AIA). The address and the answer are a stranger's: fetching is held to the rules for addresses
 * by whoever passes `fetch` in, what comes is opened in a child process, and of that only intermediates are kept: a root
 * never, for whom to trust is not for a certificate to say. How many are known, at once and in all, is bounded.
 */
import crypto from 'node:crypto'
import { recogniseFormat } from '../certificate/recognise-format.ts'
import { isIntermediate } from './intermediate-pool.ts'
import type { IssuerFact, IssuerNews } from './issuer-book.ts'
import { IssuerCache } from './issuer-cache.ts'
import { parseInChild } from './parse-in-child.ts'

export interface IssuerKeeperOptions {
  /** The state folder. */
  readonly state: string
  /** Fetches under the egress rules; throws an error whose message says all. */
  readonly fetch: (wish: { url: string; timeoutMs: number; bytesMax: number }) => Promise<Buffer>
  readonly publish: (news: IssuerNews) => void
  /** Told of every fetch, whatever came of it. */
  readonly fetched: (fact: IssuerFact) => void
  readonly now?: () => number
}

interface Known {
  readonly fact: IssuerFact
  readonly triedMs: number
}

export class IssuerKeeper {
  readonly #options: IssuerKeeperOptions
  readonly #cache: IssuerCache
  readonly #now: () => number
  /** By address, that of the oldest fetch first. */
  readonly #known = new Map<string, Known>()
  readonly #underWay = new Set<string>()
  #opening: Promise<unknown> = Promise.resolve()

  constructor(options: IssuerKeeperOptions) {
    this.#options = options
    this.#cache = new IssuerCache(options.state)
    this.#now = options.now ?? Date.now
  }

  /** Takes in what earlier fetches have left. */
  async loadCache(): Promise<void> {
    const cached = await this.#cache.load(URLS_MAX)
    for (const { url, fetchedMs, certificates } of cached.toReversed()) {
      const kept = intermediatesOf(certificates.map((each) => Buffer.from(each, 'base64')))
      if (typeof kept !== 'string') this.#set({ key: url, certificates: kept, failure: undefined }, fetchedMs)
    }
  }

  /** Fetches from an address, unless that was tried a moment ago; resolves when it has worked or has not. */
  async seek(url: string): Promise<void> {
    const known = this.#known.get(url)
    const isFresh = known !== undefined && Math.abs(this.#now() - known.triedMs) < RETRY_MS
    if (isFresh || this.#underWay.has(url) || this.#underWay.size >= UNDER_WAY_MAX) return
    this.#underWay.add(url)
    try {
      await this.#fetch(url)
    } finally {
      this.#underWay.delete(url)
    }
  }

  async #fetch(url: string): Promise<void> {
    const triedMs = this.#now()
    let kept: readonly string[] | string
    try {
      const bytes = await this.#options.fetch({ url, timeoutMs: FETCH_LIMIT_MS, bytesMax: BYTES_MAX })
      kept = intermediatesOf(await this.#open(bytes))
    } catch (thrown) {
      kept = `was not to be had: ${(thrown as Error).message}`
    }
    if (typeof kept !== 'string') await this.#cache.store({ url, fetchedMs: triedMs, certificates: kept })
    // What was good before stays: it proves itself by its signature each time it is used.
    const before = this.#known.get(url)?.fact.certificates ?? []
    const fact =
      typeof kept === 'string'
        ? { key: url, certificates: before, failure: kept }
        : { key: url, certificates: kept, failure: undefined }
    this.#set(fact, triedMs)
    this.#options.fetched(fact)
  }

  /** One after the other, so that many fetches do not become many processes. */
  #open(bytes: Buffer): Promise<Buffer[]> {
    const format = recogniseFormat(bytes)
    if (!isOpened(format)) throw new TypeError('it is neither a certificate (DER) nor a bag of them (PKCS#7)')
    const opened = this.#opening.then(() => parseInChild({ format, bytes, password: undefined }))
    this.#opening = opened.catch(() => {})
    return opened
  }

  #set(fact: IssuerFact, triedMs: number): void {
    const gone: string[] = []
    this.#known.delete(fact.key)
    this.#known.set(fact.key, { fact, triedMs })
    for (const url of this.#known.keys()) {
      if (this.#known.size <= URLS_MAX) break
      this.#known.delete(url)
      gone.push(url)
      void this.#cache.forget(url)
    }
    this.#options.publish({ facts: [fact], gone })
  }
}

/** The intermediates among certificates, base64, or why there is none that can be used. */
function intermediatesOf(ders: readonly Buffer[]): readonly string[] | string {
  const read = ders.slice(0, CERTIFICATES_MAX).flatMap((der) => readOrNothing(der))
  const kept = read.filter(isIntermediate)
  if (kept.length > 0) return kept.map(({ raw }) => raw.toString('base64'))
  if (read.some(({ ca }) => ca)) return 'gives a root: trust it in a trust store, if it is to be trusted'
  return 'gives nothing that could have issued it'
}

function readOrNothing(der: Buffer): crypto.X509Certificate[] {
  try {
    return [new crypto.X509Certificate(der)]
  } catch {
    return []
  }
}

function isOpened(format: string): format is 'der' | 'pkcs7' {
  return format === 'der' || format === 'pkcs7'
}

const FETCH_LIMIT_MS = 5_000
const BYTES_MAX = 32_768
/** A cross-signed authority has a few certificates, and no more. */
const CERTIFICATES_MAX = 4
const RETRY_MS = 60_000
const URLS_MAX = 200
const UNDER_WAY_MAX = 20
