/**
 * The admin address: listens, tells watchers what happens, and loads the application when the first request comes. Until
 * then an instance that nobody looks at carries neither express nor what belongs to it.
 */
import type { RequestListener, Server, ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SidecarError } from '../errors.ts'
import type { AccessNews } from '../observe/access-sample.ts'
import type { EventName } from '../observe/event-names.ts'
import { formatListenAddress } from '../settings/listen-address.ts'
import { productVersion } from '../settings/product-version.ts'
import type { ListenAddress, Settings } from '../settings/settings.ts'
import { createTryLimits } from './access/try-limits.ts'
import { breathe } from './breathe.ts'
import { builtPage } from './built-page.ts'
import type { Means } from './call.ts'
import type { Instance } from './instance.ts'
import { Operations } from './operations.ts'
import { Previews } from './previews.ts'
import { Stream } from './stream.ts'
import { Feed } from './traffic/feed.ts'
import { readingAtStart, readTotals } from './traffic/summarise.ts'

export interface AdminRoomOptions {
  readonly instance: Instance
  readonly admin: Settings['admin']
  /** PEM texts, when the address is served over TLS. */
  readonly identity: { readonly certificate: string; readonly key: string } | undefined
  /** Where the built page lies; its own place when left out. */
  readonly pageFolder?: string
  /** How long requests may take to arrive, where it is not what the product says: tests have less patience. */
  readonly limits?: ServerOptions
}

export class AdminRoom {
  readonly #options: AdminRoomOptions
  readonly #means: Means
  readonly #server: Server
  #app: Promise<RequestListener> | undefined
  #beat: NodeJS.Timeout | undefined
  #toldStatus = ''
  #beats = 0

  constructor(options: AdminRoomOptions) {
    const stream = new Stream()
    this.#options = options
    this.#means = {
      instance: options.instance,
      operations: new Operations((operation) => stream.send('operation', operation)),
      uploads: new Previews(),
      restores: new Previews(),
      feed: new Feed(),
      stream,
      tries: createTryLimits(),
      now: Date.now,
    }
    const listener: RequestListener = (request, response) => {
      this.#app ??= this.#load()
      this.#app.then(
        (app) => app(request, response),
        (error: unknown) => {
          options.instance.log('internal.error', 'the admin API cannot be loaded', { error })
          response.writeHead(500).end()
        },
      )
    }
    this.#server = createServer(options, listener)
    this.#server.maxConnections = CONNECTIONS_MAX
  }

  /** Listens; gives the address, with the port that was given when 0 was asked for. */
  async start(): Promise<ListenAddress> {
    await listen(this.#server, this.#options.admin.listen)
    this.#server.on('error', (error) =>
      this.#options.instance.log('internal.error', 'the admin address fails', { error }),
    )
    this.#beat = setInterval(() => void this.#tell(), BEAT_MS).unref()
    const { address, port } = this.#server.address() as AddressInfo
    return { host: address, port }
  }

  /** Takes what workers kept of their traffic. */
  heard(news: AccessNews | undefined): void {
    if (news !== undefined) this.#means.feed.heard(news.records, news.skipped)
  }

  /** Takes an event of the instance. */
  event(name: EventName, message: string, fields: Readonly<Record<string, unknown>>): void {
    const { feed, stream } = this.#means
    stream.send('event', feed.event(name, message, fields))
  }

  close(): void {
    clearInterval(this.#beat)
    this.#means.stream.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #load(): Promise<RequestListener> {
    const { createApp } = await import('./app.ts')
    const { admin, identity, pageFolder = builtPage } = this.#options
    return createApp({ means: this.#means, admin, isSecure: identity !== undefined, page: { folder: pageFolder } })
  }

  /** A beat in pieces, like the work of requests: what waits for this processor has its turn between two of them. */
  async #tell(): Promise<void> {
    const { feed, stream } = this.#means
    if (this.#beats++ % BEATS_PER_READING === 0) this.#read()
    const { connections, skipped, failures } = feed.takeNews()
    if (!stream.isWatched) return
    await breathe()
    if (connections.length + skipped > 0) stream.send('connections', { items: connections, skipped })
    await breathe()
    if (failures.length > 0) stream.send('failures', { items: failures })
    await breathe()
    this.#tellStatus()
  }

  #tellStatus(): void {
    const { stream, instance } = this.#means
    // Nobody is left, perhaps because the room was closed meanwhile: then there is no instance to ask either.
    if (!stream.isWatched) return
    const status = instance.status()
    const text = JSON.stringify(status)
    if (text === this.#toldStatus) return
    this.#toldStatus = text
    const { node, openssl } = process.versions
    stream.send('status', { ...status, product: { version: productVersion(), node, openssl } })
  }

  #read(): void {
    const { feed, instance } = this.#means
    const version = instance.snapshot()?.version ?? 0
    const reading = { timeMs: Date.now(), version, ...readTotals(instance.totals()) }
    if (feed.points.length === 0)
      for (const zero of readingAtStart(reading, instance.status().startedMs)) feed.read(zero)
    feed.read(reading)
  }
}

function createServer({ identity, limits }: AdminRoomOptions, listener: RequestListener): Server {
  const common = { ...serverLimits, ...limits }
  if (identity === undefined) return process.getBuiltinModule('node:http').createServer(common, listener)
  const { certificate: cert, key } = identity
  const options = { ...common, cert, key, minVersion: 'TLSv1.2' } as const
  return process.getBuiltinModule('node:https').createServer(options, listener)
}

function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = formatListenAddress(address)
      const [code, found] =
        cause.code === 'EADDRINUSE'
          ? (['OPERATOR_PORT_IN_USE', 'is in use'] as const)
          : (['OPERATOR_ADDRESS_UNUSABLE', `cannot be used (${cause.code ?? cause.message})`] as const)
      reject(new SidecarError(code, `admin.listen ${where} ${found}`, { details: { address: where }, cause }))
    })
    server.listen(address.port, address.host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

const BEAT_MS = 1000
const BEATS_PER_READING = 10
const CONNECTIONS_MAX = 200
/** A file of 10 MiB has half a minute to arrive; nobody who drips a head or a body holds a connection longer. */
const serverLimits: ServerOptions = {
  ...{ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 10_000, maxHeaderSize: 16_384 },
  // Node looks for late ones every half minute by itself, which would double what they have.
  connectionsCheckingInterval: 1000,
  // Said outright, so that no NODE_OPTIONS makes it lenient.
  insecureHTTPParser: false,
}
