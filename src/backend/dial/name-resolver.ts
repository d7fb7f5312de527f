/**
 * Names to addresses. getaddrinfo alone would be right about everything (hosts file, search domains, local services)
 * but each call holds one of libuv's four threads for as long as a resolver stays silent, and with them all file
 * work of the process. So DNS is asked through c-ares, which holds no thread, and getaddrinfo only for what DNS does
 * not know: names without a dot, and names DNS says do not exist, two at a time. Both are bounded by timeouts.dns.
 */
import dns from 'node:dns'
import { SidecarError } from '../../errors.ts'
import { HostsFile } from './hosts-file.ts'

/** Answers with every address of a name, in the order to try; an empty list says that the name does not exist. */
export type Resolve = (name: string) => Promise<readonly string[]>

export interface NameResolverOptions {
  readonly dnsMs: number
  /** `address:port` of the DNS servers; those of the system by default. */
  readonly servers?: readonly string[]
  readonly hostsFile?: HostsFile
  /** getaddrinfo, by default. */
  readonly systemLookup?: Resolve
}

/** Leaves two of libuv's four threads to files and cryptography however long the system's resolver is silent. */
const SYSTEM_LOOKUPS_MAX = 2
const SYSTEM_QUEUE_MAX = 256
/** How long an IPv6 answer is waited for once the IPv4 one is there (RFC 8305 §3 gives 50 ms, in the other direction). */
const OTHER_FAMILY_GRACE_MS = 50

export class NameResolver {
  readonly #dnsMs: number
  readonly #dns: dns.promises.Resolver
  readonly #hosts: HostsFile
  readonly #systemLookup: Resolve
  /** One question for each name at a time, however many dials wait for the answer. */
  readonly #underWay = new Map<string, Promise<readonly string[]>>()
  readonly #systemQueue: (() => void)[] = []
  #systemLookups = 0

  constructor({ dnsMs, servers, hostsFile, systemLookup }: NameResolverOptions) {
    this.#dnsMs = dnsMs
    this.#dns = new dns.promises.Resolver({ timeout: Math.ceil(dnsMs / 2), tries: 2 })
    if (servers) this.#dns.setServers(servers)
    this.#hosts = hostsFile ?? new HostsFile()
    this.#systemLookup = systemLookup ?? getaddrinfo
  }

  /** Resolves a name. Throws BACKEND_NAME_NOT_FOUND, or BACKEND_DNS_FAILED when nobody knew in time. */
  async resolve(name: string): Promise<readonly string[]> {
    let asked = this.#underWay.get(name)
    if (asked === undefined) {
      asked = this.#bounded(name).finally(() => this.#underWay.delete(name))
      this.#underWay.set(name, asked)
    }
    const addresses = await asked
    if (addresses.length > 0) return addresses
    throw new SidecarError('BACKEND_NAME_NOT_FOUND', `the name ${name} does not exist`, { details: { name } })
  }

  async #bounded(name: string): Promise<readonly string[]> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(tooLate(name, this.#dnsMs)), this.#dnsMs)
    try {
      return await Promise.race([this.#answer(name, performance.now() + this.#dnsMs), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  async #answer(name: string, deadline: number): Promise<readonly string[]> {
    const known = await this.#hosts.find(name)
    if (known !== undefined) return known
    if (!name.includes('.')) return await this.#askSystem(name, deadline)
    const found = await this.#askDns(name)
    return found.length > 0 ? found : await this.#askSystem(name, deadline)
  }

  /** Asks for both families at once; IPv4 comes first, because a broken IPv6 route costs the whole connect timeout. */
  async #askDns(name: string): Promise<readonly string[]> {
    const ipv4 = settle(this.#dns.resolve4(name))
    const ipv6 = settle(this.#dns.resolve6(name))
    const first = await ipv4
    const second =
      first.addresses.length > 0 ? await Promise.race([ipv6, nothingAfter(OTHER_FAMILY_GRACE_MS)]) : await ipv6
    const addresses = [...first.addresses, ...second.addresses]
    if (addresses.length > 0 || (first.isAbsent && second.isAbsent)) return addresses
    throw dnsFailed(name, first.code || second.code)
  }

  async #askSystem(name: string, deadline: number): Promise<readonly string[]> {
    if (this.#systemLookups >= SYSTEM_LOOKUPS_MAX) {
      if (this.#systemQueue.length >= SYSTEM_QUEUE_MAX) throw dnsFailed(name, 'too many names wait for the system')
      await new Promise<void>((resolve) => this.#systemQueue.push(resolve))
      // Whoever asked has been told already; the turn goes to one that still waits.
      if (performance.now() >= deadline) {
        this.#systemQueue.shift()?.()
        throw tooLate(name, this.#dnsMs)
      }
    }
    this.#systemLookups += 1
    try {
      return await this.#systemLookup(name)
    } finally {
      this.#systemLookups -= 1
      this.#systemQueue.shift()?.()
    }
  }
}

interface FamilyAnswer {
  readonly addresses: readonly string[]
  /** True when the name, or this family of it, does not exist; false when nobody could say. */
  readonly isAbsent: boolean
  readonly code: string
}

async function settle(question: Promise<string[]>): Promise<FamilyAnswer> {
  try {
    return { addresses: await question, isAbsent: false, code: '' }
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? ''
    return { addresses: [], isAbsent: code === dns.NOTFOUND || code === dns.NODATA, code }
  }
}

async function nothingAfter(ms: number): Promise<FamilyAnswer> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref())
  return { addresses: [], isAbsent: true, code: '' }
}

async function getaddrinfo(name: string): Promise<readonly string[]> {
  try {
    const found = await dns.promises.lookup(name, { all: true, order: 'ipv4first' })
    return found.map(({ address }) => address)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOTFOUND') return []
    throw dnsFailed(name, code ?? '', thrown)
  }
}

function tooLate(name: string, dnsMs: number): SidecarError {
  return dnsFailed(name, `no answer within ${dnsMs} ms`)
}

function dnsFailed(name: string, why: string, cause?: unknown): SidecarError {
  return new SidecarError('BACKEND_DNS_FAILED', `the name ${name} could not be resolved: ${why}`, {
    details: { name },
    cause,
  })
}
