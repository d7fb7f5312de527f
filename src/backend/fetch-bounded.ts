/**
 * Fetches what a certificate points to: revocation lists, OCSP answers, certificates of issuers. The address comes from
 * whoever made the certificate, so it is held to the same rules as any backend's (policy addresses, no way back to
 * ourselves, the address judged is the address dialled), and nothing about the answer is taken on trust: one deadline
 * for all of it, a limit of size, no redirect, no compression. Only http: what comes is signed, and fetching it
 * over https would need the verdict that it is fetched for (RFC 5280 §4.2.1.13 and §8).
 */
import type { IncomingMessage } from 'node:http'
import { SidecarError } from '../errors.ts'
import type { Destination } from '../policy/destination.ts'
import { parseDestination } from '../policy/parse-destination.ts'
import { isExcepted, type OwnProxy } from '../settings/own-proxy.ts'
import type { Credentials, Snapshot } from '../settings/snapshot.ts'
import { AddressBook } from './dial/resolve-address.ts'

export interface FetchWish {
  readonly url: string
  /** For the whole of it: name, connection and every byte. */
  readonly timeoutMs: number
  readonly bytesMax: number
  /** Left out, the request is a GET. */
  readonly post?: { readonly contentType: string; readonly body: Buffer }
}

/** Fetches under the rules of one snapshot; for those who know no snapshot. */
export type Fetch = (wish: FetchWish) => Promise<Buffer>

/** Makes the fetch of a snapshot; before the first one is in force there are no rules, and nothing is fetched. */
export function fetchUnder(snapshot: Pick<Snapshot, 'settings' | 'policy' | 'secrets'> | undefined): Fetch {
  if (snapshot === undefined) throw new SidecarError('INTERNAL_ERROR', 'nothing is in force yet')
  const addresses = new AddressBook(snapshot)
  const { ownProxy } = snapshot.settings
  const credentials = snapshot.secrets?.upstreams?.[ownProxy?.via.to.authority ?? '']
  return (wish) => fetchBounded(wish, addresses, ownProxy && { ...ownProxy, credentials })
}

const ADDRESSES_TRIED_MAX = 2
const HEAD_BYTES_MAX = 16_384
const URL_LENGTH_MAX = 2048

/**
 * Fetches the body of a 200 answer. Throws POLICY_ADDRESS_DENIED, CALLER_LOOP, an error of the resolver, or
 * BACKEND_FETCH_FAILED for everything else.
 */
export async function fetchBounded(
  wish: FetchWish,
  addresses: Pick<AddressBook, 'find'> & Partial<Pick<AddressBook, 'findFor'>>,
  proxy?: FetchProxy,
): Promise<Buffer> {
  const url = parseUrl(wish.url)
  const late = AbortSignal.timeout(wish.timeoutMs)
  const tooLate = new Promise<never>((_, reject) => {
    const failed = () => reject(failure(wish, `took more than ${wish.timeoutMs} ms`))
    late.addEventListener('abort', failed, { once: true })
  })
  const way = await Promise.race([wayTo(destinationOf(wish, url), addresses, proxy), tooLate])
  const tried = way.addresses.slice(0, ADDRESSES_TRIED_MAX)
  for (const [index, address] of tried.entries()) {
    try {
      return await Promise.race([exchange(wish, { url, address, late, proxy: way.proxy }), tooLate])
    } catch (thrown) {
      const error = thrown instanceof SidecarError ? thrown : failure(wish, describe(thrown), thrown)
      // An answer that is refused would be the same from the next address; one that was not to be had may be.
      if (thrown instanceof SidecarError || index === tried.length - 1) throw error
    }
  }
  throw failure(wish, 'has no address')
}

/** The proxy that we fetch through, and who we are to it. */
export type FetchProxy = OwnProxy & { readonly credentials?: Credentials | undefined }

interface Way {
  readonly addresses: readonly string[]
  readonly proxy: FetchProxy | undefined
}

/** A proxy that is this very instance would only come back to us: then the way is direct, as it is for what is excepted. */
async function wayTo(
  destination: Destination,
  book: Pick<AddressBook, 'find'> & Partial<Pick<AddressBook, 'findFor'>>,
  proxy: FetchProxy | undefined,
): Promise<Way> {
  if (proxy === undefined || book.findFor === undefined || isExcepted(proxy, destination.host)) {
    return { addresses: await book.find(destination), proxy: undefined }
  }
  try {
    return { addresses: await book.findFor({ destination, rule: proxy }), proxy }
  } catch (thrown) {
    if (!(thrown instanceof SidecarError) || thrown.code !== 'CALLER_LOOP') throw thrown
    return { addresses: await book.find(destination), proxy: undefined }
  }
}

function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function parseUrl(text: string): URL {
  const url = text.length <= URL_LENGTH_MAX ? URL.parse(text) : null
  if (url === null) throw failure({ url: text.slice(0, URL_LENGTH_MAX) }, 'is not a URL that can be fetched')
  if (url.protocol !== 'http:') throw failure({ url: text }, `is ${url.protocol} and only http: is fetched`)
  if (url.username !== '' || url.password !== '') throw failure({ url: url.host }, 'carries a name and a password')
  return url
}

function destinationOf(wish: FetchWish, url: URL): Destination {
  try {
    return parseDestination(url.hostname, url.port === '' ? 80 : url.port)
  } catch (cause) {
    throw failure(wish, `has a host that cannot be dialled: ${(cause as Error).message}`, cause)
  }
}

interface Exchange {
  readonly url: URL
  /** The one that was judged, or the proxy's. */
  readonly address: string
  readonly proxy: FetchProxy | undefined
  readonly late: AbortSignal
}

function exchange(wish: FetchWish, { url, address, late, proxy }: Exchange): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { post } = wish
    const request = process.getBuiltinModule('node:http').request({
      host: address,
      port: proxy?.via.to.port ?? (url.port === '' ? 80 : url.port),
      path: (proxy === undefined ? '' : url.origin) + url.pathname + url.search,
      method: post === undefined ? 'GET' : 'POST',
      headers: {
        Host: url.host,
        'User-Agent': 'vedette',
        ...(proxy?.credentials ? { 'Proxy-Authorization': basic(proxy.credentials) } : {}),
        ...(post ? { 'Content-Type': post.contentType, 'Content-Length': post.body.length } : {}),
      },
      agent: false,
      maxHeaderSize: HEAD_BYTES_MAX,
      insecureHTTPParser: false,
      signal: late,
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const refuse = (what: string) => {
        reject(failure(wish, what))
        request.destroy()
      }
      const fault = faultOf(response, wish.bytesMax)
      if (fault !== undefined) return refuse(fault)
      collect(response, { bytesMax: wish.bytesMax, refuse }).then(resolve, reject)
    })
    request.end(post?.body)
  })
}

function faultOf({ statusCode, headers }: IncomingMessage, bytesMax: number): string | undefined {
  if (statusCode !== 200) return `answered with status ${statusCode}, and redirects are not followed`
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return 'answered with an encoding that was not asked for'
  const length = Number(headers['content-length'] ?? 0)
  return length > bytesMax ? tooLong(bytesMax) : undefined
}

async function collect(
  response: IncomingMessage,
  { bytesMax, refuse }: { bytesMax: number; refuse: (what: string) => void },
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bytesMax) refuse(tooLong(bytesMax))
    else chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLong(bytesMax: number): string {
  return `is longer than ${bytesMax} bytes`
}

function describe(thrown: unknown): string {
  const { code, message } = thrown as NodeJS.ErrnoException
  return `could not be fetched (${code ?? message})`
}

function failure({ url }: { readonly url: string }, what: string, cause?: unknown): SidecarError {
  return new SidecarError('BACKEND_FETCH_FAILED', `${url} ${what}`, { details: { url }, cause })
}
