/**
 * The lists of the control process: those in the operator's folder and those that certificates point to, fetched when
 * a worker asks and again before they end. Every list stands for itself: what is wrong with one is told of that one, and
 * a list that cannot be fetched again stays in use until it ends.
 */
import crypto from 'node:crypto'
import { describeDistinguishedName } from '../certificate/describe-distinguished-name.ts'
import { readRevocationPointers } from '../certificate/read-revocation-pointers.ts'
import { LIST_FETCH_LIMIT_MS } from './limits.ts'
import { ListCache } from './list-cache.ts'
import { type FileList, LIST_BYTES_MAX, readListFiles } from './list-files.ts'
import { describeFile, describeList, type ListFailure, type ListState, refreshAtMs } from './list-state.ts'
import { issuerIdOf, type RevocationQuestion } from './question.ts'
import type { ListReading } from './read-list.ts'
import { readListInChild } from './read-list-in-child.ts'
import type { ListFact, News } from './revocation-book.ts'

export interface KeeperOptions {
  /** The state folder. */
  readonly state: string
  /** Whether fetched lists are kept there; false for one who only looks. */
  readonly keeps: boolean
  /** The operator's folder of lists. */
  readonly folder: () => string
  /** Fetches under the egress rules; throws an error whose message says all. */
  readonly fetch: (wish: { url: string; timeoutMs: number; bytesMax: number }) => Promise<Buffer>
  readonly publish: (news: News) => void
  /** Told whenever a list has become better or worse. */
  readonly changed: (state: ListState) => void
  readonly now?: () => number
}

interface Fetched {
  readonly issuerCertificate: string
  readonly fact: ListFact | undefined
  readonly fetchedMs: number
  /** Why the last try failed. */
  readonly failure: ListFailure | undefined
  readonly nextTryMs: number
}

interface FolderList {
  readonly file: FileList
  readonly reading: ListReading
  readonly facts: readonly ListFact[]
}

const RETRY_MS = 60_000
/** Further distribution points are not fetched: no instance has so many issuers. */
const URLS_MAX = 500
const ISSUERS_MAX = 1000

export class ListKeeper {
  readonly #options: KeeperOptions
  readonly #cache: ListCache
  readonly #now: () => number
  readonly #fetched = new Map<string, Fetched>()
  readonly #underWay = new Map<string, Promise<void>>()
  /** Certificates of possible issuers, by their SHA-256. */
  readonly #issuers = new Map<string, Buffer>()
  #files: readonly FolderList[] = []
  #reading: Promise<void> = Promise.resolve()

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#cache = new ListCache(options.state)
    this.#now = options.now ?? Date.now
  }

  /** Takes in what earlier fetches have left. */
  async loadCache(): Promise<void> {
    for (const { url, issuerCertificate, fetchedMs, der } of (await this.#cache.load()).slice(0, URLS_MAX)) {
      await this.#take(url, { issuerCertificate, fetchedMs, der: Buffer.from(der, 'base64') })
    }
  }

  /** Names certificates whose holders may have issued lists of the folder; reads the folder if that is news. */
  async know(certificates: readonly Buffer[]): Promise<void> {
    const before = this.#issuers.size
    for (const der of certificates) {
      if (this.#issuers.size < ISSUERS_MAX) this.#issuers.set(crypto.hash('sha256', der, 'hex'), der)
    }
    const isWaiting = this.#files.some(({ reading }) => 'waitsFor' in reading)
    if (this.#issuers.size > before && isWaiting) await this.readFolder()
  }

  /** Reads the operator's folder; one reading at a time. */
  readFolder(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readFolder())
    return this.#reading
  }

  /** Finds the lists that a question points to; resolves when that has worked or has not. */
  async find(question: RevocationQuestion): Promise<void> {
    const known = this.know([Buffer.from(question.issuerCertificate, 'base64')])
    await Promise.all([known, ...question.crlUrls.map((url) => this.#findOne(url, question))])
  }

  /** Fetches again what ends soon, and what could not be fetched. */
  async refresh(): Promise<void> {
    for (const [url, { issuerCertificate, nextTryMs }] of this.#fetched) {
      if (this.#now() >= nextTryMs) await this.#fetchOnce(url, issuerCertificate)
    }
  }

  /** Reads the folder and fetches every list again, whether it is time or not. */
  async refreshAll(): Promise<void> {
    const fetched = [...this.#fetched].map(([url, { issuerCertificate }]) => this.#fetchOnce(url, issuerCertificate))
    await Promise.all([this.readFolder(), ...fetched])
  }

  /** Every list there is, for the status and the metrics. */
  get states(): readonly ListState[] {
    const nowMs = this.#now()
    const files = this.#files.map(({ file, reading }) => describeFile(file.source, reading, nowMs))
    return [...files, ...[...this.#fetched].map(([url, fetched]) => describeFetched(url, fetched, nowMs))]
  }

  async #readFolder(): Promise<void> {
    const before = this.#files.flatMap(({ facts }) => facts.map(({ key }) => key))
    const issuers = [...this.#issuers.values()]
    const files: FolderList[] = []
    for (const file of await readListFiles(this.#options.folder())) {
      const { der, source } = file
      const reading = der === undefined ? { fault: file.fault ?? '' } : await readListInChild({ der, issuers })
      files.push({ file, reading, facts: factsOf(source, reading) })
    }
    this.#files = files
    const facts = files.flatMap((each) => each.facts)
    const gone = before.filter((key) => !facts.some((fact) => fact.key === key))
    this.#options.publish({ facts, gone })
    for (const state of this.states.slice(0, files.length)) this.#options.changed(state)
  }

  async #findOne(url: string, { issuerCertificate }: RevocationQuestion): Promise<void> {
    const known = this.#fetched.get(url)
    if (known !== undefined && this.#now() < known.nextTryMs) return
    if (known === undefined && this.#fetched.size >= URLS_MAX) return
    await this.#fetchOnce(url, issuerCertificate)
  }

  #fetchOnce(url: string, issuerCertificate: string): Promise<void> {
    const underWay = this.#underWay.get(url) ?? this.#fetch(url, issuerCertificate)
    this.#underWay.set(url, underWay)
    return underWay.finally(() => this.#underWay.delete(url))
  }

  async #fetch(url: string, issuerCertificate: string): Promise<void> {
    const fetchedMs = this.#now()
    try {
      const der = await this.#options.fetch({ url, timeoutMs: LIST_FETCH_LIMIT_MS, bytesMax: LIST_BYTES_MAX })
      const isGood = await this.#take(url, { issuerCertificate, fetchedMs, der })
      if (isGood && this.#options.keeps)
        await this.#cache.store({ url, issuerCertificate, fetchedMs, der: der.toString('base64') })
    } catch (thrown) {
      this.#failed(url, issuerCertificate, { state: 'bad', detail: (thrown as Error).message })
    }
  }

  async #take(
    url: string,
    { issuerCertificate, fetchedMs, der }: { issuerCertificate: string; fetchedMs: number; der: Buffer },
  ): Promise<boolean> {
    const issuers = [Buffer.from(issuerCertificate, 'base64')]
    const reading = await readListInChild({ der, issuers })
    if (!('list' in reading)) {
      this.#failed(url, issuerCertificate, failureOf(reading))
      return false
    }
    const { list } = reading
    const fact = factOf({ source: url, isFile: false, issuer: list.issuer, list })
    this.#set(url, {
      issuerCertificate,
      fact,
      fetchedMs,
      failure: undefined,
      nextTryMs: refreshAtMs(list, this.#now()),
    })
    this.#options.publish({ facts: [fact], gone: [] })
    return true
  }

  /** What could not be had again stays as it was: only its end makes it useless. */
  #failed(url: string, issuerCertificate: string, failure: ListFailure): void {
    const before = this.#fetched.get(url)
    const nowMs = this.#now()
    const fact = before?.fact
    const nextTryMs = nowMs + RETRY_MS
    this.#set(url, { issuerCertificate, fact, fetchedMs: before?.fetchedMs ?? nowMs, failure, nextTryMs })
    if (fact !== undefined) return
    const told = factOf({ source: url, isFile: false, issuer: issuerOf(issuerCertificate), fault: failure.detail })
    this.#options.publish({ facts: [told], gone: [] })
  }

  #set(url: string, fetched: Fetched): void {
    this.#fetched.set(url, fetched)
    this.#options.changed(describeFetched(url, fetched, this.#now()))
  }
}

function describeFetched(source: string, { issuerCertificate, fact, failure }: Fetched, nowMs: number): ListState {
  const pointers = readRevocationPointers(Buffer.from(issuerCertificate, 'base64'))
  const issuer = pointers === undefined ? '' : describeDistinguishedName(pointers.subjectName)
  return describeList({ source, list: fact?.list, issuer, failure, nowMs })
}

function failureOf(reading: Exclude<ListReading, { list: unknown }>): ListFailure {
  if ('fault' in reading) return { state: 'bad', detail: reading.fault }
  return { state: 'wrong-issuer', detail: `is of another issuer, ${reading.waitsFor}` }
}

/** The facts that a reading makes: a list that cannot be used is one for each issuer it may be of. */
function factsOf(source: string, reading: ListReading): ListFact[] {
  if ('list' in reading) return [factOf({ source, isFile: true, issuer: reading.list.issuer, list: reading.list })]
  const { fault, issuers = [] } = 'fault' in reading ? reading : { fault: '' }
  return issuers.map((issuer) => factOf({ source, isFile: true, issuer, fault }))
}

interface Told {
  readonly source: string
  readonly isFile: boolean
  readonly issuer: string
  readonly list?: ListFact['list']
  readonly fault?: string
}

function factOf({ source, isFile, issuer, list, fault }: Told): ListFact {
  return { kind: 'list', key: `list ${source} ${issuer}`, source, isFile, issuer, list, fault }
}

function issuerOf(issuerCertificate: string): string {
  const pointers = readRevocationPointers(Buffer.from(issuerCertificate, 'base64'))
  return pointers === undefined ? '' : issuerIdOf(pointers)
}
