/**
 * Every path on which a backend is judged: the entrances of the product over the real Backends, in one process, so that
 * a table of hundreds of handshakes takes seconds. Each path has Backends of its own: none resumes what another began.
 */
import type { TestContext } from 'node:test'
import { Backends } from '../../src/backend/backends.ts'
import type { AccessRecord } from '../../src/observe/access-record.ts'
import { ProxyEntrance } from '../../src/proxy/proxy-entrance.ts'
import { ServiceEntrance } from '../../src/service/service-entrance.ts'
import type { Service } from '../../src/settings/service.ts'
import type { Snapshot } from '../../src/settings/snapshot.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import type { TcpHandle } from '../../src/wire/raw-handle.ts'
import { acceptCallers } from './accept-callers.ts'
import { RawSocket } from './entrance.ts'
import { makeSnapshot, type SnapshotWish } from './make-snapshot.ts'

/** What is said of one request or tunnel, as far as judging goes. */
export type Judged = Pick<AccessRecord, 'verdict' | 'findings' | 'message' | 'error'>

/** Asks for a backend in one way, and tells what came of it. */
export type Path = (t: TestContext, authority: string) => Promise<Judged>

interface Cleaner {
  after(clean: () => void): void
}

/** Starts the entrances in front of whatever the snapshot allows; names lead to loopback. */
export function startPaths(cleaner: Cleaner, wish: SnapshotWish): Readonly<Record<string, Path>> {
  const snapshot = makeSnapshot(wish)
  const proxied = (head: (authority: string) => string): Path => {
    const tools = startTools(cleaner, snapshot)
    return (t, authority) =>
      reach(t, {
        entranceOf: (finished) => new ProxyEntrance({ ...tools, snapshot, via: 'vedette-test', finished }),
        head: head(authority),
      })
  }
  const served = startTools(cleaner, snapshot)
  return {
    'an originated request': proxied((host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
    'a tunnel': proxied((host) => `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
    'a service': (t, authority) =>
      reach(t, {
        entranceOf: (finished) => new ServiceEntrance({ ...served, snapshot, service: serviceTo(authority), finished }),
        head: 'GET / HTTP/1.1\r\nHost: good.test\r\n\r\n',
      }),
  }
}

/** The way of a caller that speaks SOCKS5 and names its host. */
export function startSocksPath(cleaner: Cleaner, wish: SnapshotWish): Path {
  const snapshot = makeSnapshot(wish)
  const tools = startTools(cleaner, snapshot)
  return (t, authority) =>
    reach(t, {
      entranceOf: (finished) => {
        const entrance = new ProxyEntrance({ ...tools, snapshot, via: 'vedette-test', finished })
        return { accept: (caller) => entrance.acceptSocks(caller), cut: () => entrance.cut() }
      },
      head: socksHead(authority),
      isAnswer: (received) => received.length >= 12,
    })
}

function socksHead(authority: string): string {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(authority) ?? []
  const name = Buffer.from(host).toString('latin1')
  const [high, low] = [Number(port) >> 8, Number(port) & 0xff]
  return `\x05\x01\x00\x05\x01\x00\x03${String.fromCharCode(name.length)}${name}${String.fromCharCode(high, low)}`
}

interface Wanted {
  readonly entranceOf: (finished: (record: AccessRecord) => void) => { accept(caller: TcpHandle): void; cut(): unknown }
  /** What the caller says first. */
  readonly head: string
  /** Tells whether what the caller has received is an answer to it; left out, the head of HTTP. */
  readonly isAnswer?: (received: string) => boolean
}

/** One caller through an entrance of its own. */
async function reach(t: TestContext, { entranceOf, head, isAnswer = hasHead }: Wanted): Promise<Judged> {
  const judged = Promise.withResolvers<Judged>()
  // An entrance fills its record again, so what is wanted of it is copied.
  const entrance = entranceOf(({ verdict, findings, message, error }) =>
    judged.resolve({ verdict, findings, message, error }),
  )
  const port = acceptCallers(t, entrance)
  // A service that refuses at once may reset the connection before it is known to stand.
  const caller = await RawSocket.connect(t, port).catch(() => undefined)
  caller?.send(head)
  await caller?.until(({ received, closed }) => closed || isAnswer(received))
  // A tunnel is told when it is over.
  caller?.socket.destroy()
  return await judged.promise
}

function hasHead(received: string): boolean {
  return received.includes('\r\n\r\n')
}

function startTools(cleaner: Cleaner, snapshot: Snapshot): { backends: Backends; deadlines: Deadlines } {
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, resolve: async () => ['127.0.0.1'] })
  cleaner.after(() => {
    backends.close()
    deadlines.close()
  })
  return { backends, deadlines }
}

function serviceTo(authority: string): Service {
  return {
    name: 'service',
    accept: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    connect: [{ scheme: 'tls', authority }],
    failover: 'priority',
    limits: { connections: 1 },
    timeouts: { connectMs: 2000, handshakeMs: 2000, idleMs: 60_000 },
    proxyProtocol: { from: [] },
  }
}
