/**
 * The forward proxy without TLS and without processes: its backends are plain sockets on loopback, whatever the
 * policy says of TLS, so that a test sees byte for byte what goes out and decides byte for byte what comes back.
 */
import { hash } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import type { TestContext } from 'node:test'
import type { Backends } from '../../src/backend/backends.ts'
import type { BackendConnection, VerifiedBackend } from '../../src/backend/verified-backend.ts'
import type { SidecarError } from '../../src/errors.ts'
import type { AccessRecord } from '../../src/observe/access-record.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { Shortage } from '../../src/proxy/entrance-context.ts'
import { ProxyEntrance } from '../../src/proxy/proxy-entrance.ts'
import type { Settings } from '../../src/settings/settings.ts'
import type { Snapshot } from '../../src/settings/snapshot.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import type { TcpHandle } from '../../src/wire/raw-handle.ts'
import { Wire, type WireReader } from '../../src/wire/wire.ts'
import { acceptCallers } from './accept-callers.ts'
import { makePolicy } from './policies.ts'

export const silentReader: WireReader = { bytes() {}, ended() {}, drained() {}, closed() {} }

export interface EntranceOptions {
  readonly policy?: Policy
  readonly limits?: Partial<Settings['limits']>
  readonly timeouts?: Partial<Settings['timeouts']>
  /** Thrown instead of dialling. */
  readonly refuseDial?: SidecarError
  /** What the callers speak; HTTP unless told otherwise. */
  readonly door?: 'http' | 'socks'
  /** Passwords by user, for the SOCKS door. */
  readonly socksUsers?: Readonly<Record<string, string>>
  readonly shortage?: Shortage
}

export interface TestEntrance {
  readonly port: number
  readonly entrance: ProxyEntrance
  readonly deadlines: Deadlines
  readonly records: AccessRecord[]
  readonly backends: PlainBackends
  connect(): Promise<RawSocket>
  /** Resolves with the next record, or the one that is already there at this index. */
  record(index: number): Promise<AccessRecord>
}

/** Starts the entrance in front of the backend on `backendPort`, whatever host and port a caller asks for. */
export async function startEntrance(
  t: TestContext,
  backendPort: number,
  options: EntranceOptions = {},
): Promise<TestEntrance> {
  const deadlines = new Deadlines()
  const records: AccessRecord[] = []
  const backends = new PlainBackends(backendPort, options.refuseDial)
  let told = () => {}
  const entrance = new ProxyEntrance({
    snapshot: testSnapshot(options),
    deadlines,
    backends: backends as unknown as Backends,
    via: 'vedette-test',
    shortage: options.shortage,
    finished: (record) => {
      records.push(record)
      told()
    },
  })
  const accept = (caller: TcpHandle) =>
    options.door === 'socks' ? entrance.acceptSocks(caller) : entrance.accept(caller)
  const port = acceptCallers(t, { accept, cut: () => entrance.cut() }, [deadlines, backends])
  const record = async (index: number): Promise<AccessRecord> => {
    while (records[index] === undefined) {
      await new Promise<void>((resolve) => {
        told = resolve
      })
    }
    return records[index]
  }
  return { port, entrance, deadlines, records, backends, connect: () => RawSocket.connect(t, port), record }
}

/** Stands in for Backends: every connection goes to one plain backend, with the pool's contract kept. */
export class PlainBackends {
  readonly idle: BackendConnection[] = []
  dialled = 0
  dropped = 0
  readonly #port: number
  readonly #refuse: SidecarError | undefined
  readonly #all: Wire[] = []

  constructor(port: number, refuse: SidecarError | undefined) {
    this.#port = port
    this.#refuse = refuse
  }

  poolFor(): PlainBackends {
    return this
  }

  take(): BackendConnection | undefined {
    return this.idle.pop()
  }

  async open(): Promise<BackendConnection> {
    if (this.#refuse !== undefined) throw this.#refuse
    return this.dialPlain()
  }

  put(backend: BackendConnection): void {
    backend.wire.reader = silentReader
    this.idle.push(backend)
  }

  drop(_backend: VerifiedBackend): void {
    this.dropped += 1
  }

  async verdictFor(): Promise<{ verdict: undefined; tls: undefined; address: string }> {
    if (this.#refuse !== undefined) throw this.#refuse
    return { verdict: undefined, tls: undefined, address: '127.0.0.1' }
  }

  /** What nobody judges is dialled whatever a verdict would be. */
  async dialPlain(): Promise<BackendConnection> {
    this.dialled += 1
    const wire = new Wire(silentReader)
    const socket = net.connect({ host: '127.0.0.1', port: this.#port, allowHalfOpen: true, onread: wire.onread })
    wire.attach(socket)
    this.#all.push(wire)
    await once(socket, 'connect')
    const destination = { host: 'b.test', port: 443, kind: 'name', authority: 'b.test:443' } as const
    const phases = { dnsMs: 0, connectMs: 0, tlsMs: 0 }
    return { wire, destination, address: '127.0.0.1', phases, verdict: undefined, tls: undefined, chain: [] }
  }

  close(): void {
    for (const wire of this.#all) wire.destroy()
  }
}

/** A socket of a test: sends text as it is, waits for what comes. All text is latin1. */
export class RawSocket {
  readonly socket: net.Socket
  received = ''
  ended = false
  closed = false
  error: NodeJS.ErrnoException | undefined
  #changed: () => void = () => {}

  constructor(socket: net.Socket) {
    this.socket = socket
    const changed = () => this.#changed()
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1')
      changed()
    })
    socket.on('end', () => {
      this.ended = true
      changed()
    })
    socket.on('error', (error) => {
      this.error = error
      changed()
    })
    socket.on('close', () => {
      this.closed = true
      changed()
    })
  }

  static async connect(t: TestContext, port: number): Promise<RawSocket> {
    const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    t.after(() => socket.destroy())
    const raw = new RawSocket(socket)
    await once(socket, 'connect')
    return raw
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Waits until the condition holds; fails at the end of the connection if it never can. */
  async until(condition: (raw: this) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.closed) throw new Error(`the connection closed after ${JSON.stringify(this.received)}`)
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  /** Waits for text that contains `end` and gives out everything up to and with it. */
  async receive(end: string): Promise<string> {
    await this.until(({ received }) => received.includes(end))
    const at = this.received.indexOf(end) + end.length
    const text = this.received.slice(0, at)
    this.received = this.received.slice(at)
    return text
  }

  /** Waits for the other side's end and gives out everything that came. */
  async receiveAll(): Promise<string> {
    await this.until(({ ended }) => ended)
    return this.received
  }
}

export interface RawBackend {
  readonly port: number
  /** The next connection that the backend gets. */
  accepted(): Promise<RawSocket>
}

/** A backend whose every byte the test writes itself. */
export async function startRawBackend(t: TestContext): Promise<RawBackend> {
  const arrived: RawSocket[] = []
  let told = () => {}
  let isOver = false
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    // One may still arrive when the test is over; left open it would keep the process from ending.
    if (isOver) return socket.destroy()
    sockets.add(socket)
    arrived.push(new RawSocket(socket))
    told()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    isOver = true
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const accepted = async (): Promise<RawSocket> => {
    while (arrived.length === 0) {
      await new Promise<void>((resolve) => {
        told = resolve
      })
    }
    return arrived.shift() as RawSocket
  }
  return { port: (server.address() as net.AddressInfo).port, accepted }
}

function testSnapshot({ policy = makePolicy(), limits, timeouts, socksUsers }: EntranceOptions): Snapshot {
  const settings = {
    workers: 1,
    limits: { callers: 100, tunnels: 100, headBytes: 65_536, backendConnections: 10, ...limits },
    timeouts: { headMs: 30_000, firstByteMs: 60_000, idleMs: 3_600_000, ...timeouts },
  }
  const hashes = Object.entries(socksUsers ?? {}).map(([user, password]) => [user, hash('sha256', password, 'hex')])
  const secrets = socksUsers === undefined ? undefined : { socksUsers: Object.fromEntries(hashes) }
  return { generation: 3, version: 7, policy, settings, secrets } as unknown as Snapshot
}
