/** A proxy entrance that looks into tunnels, and callers who speak TLS in one to `b.test`. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import type { TestContext } from 'node:test'
import tls from 'node:tls'
import { Backends } from '../../src/backend/backends.ts'
import type { AccessRecord } from '../../src/observe/access-record.ts'
import type { Rule } from '../../src/policy/policy.ts'
import { ProxyEntrance } from '../../src/proxy/proxy-entrance.ts'
import type { RevocationBook } from '../../src/revocation/revocation-book.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { acceptCallers } from './accept-callers.ts'
import { makeSnapshot } from './make-snapshot.ts'
import { makeTrust } from './make-trust.ts'

/** What the entrance trusts. */
export const trust = await makeTrust(['b.test', 'other.test'])
const ca = trust.ca.certificate

export interface Entrance {
  readonly entrance: ProxyEntrance
  readonly port: number
  readonly records: AccessRecord[]
  readonly deadlines: Deadlines
  record(): Promise<AccessRecord>
}

export function startEntrance(t: TestContext, unlisted: Partial<Rule> = {}, revocation?: RevocationBook): Entrance {
  const timeouts = { headMs: 5000, handshakeMs: 5000, idleMs: 60_000, verdictMs: 60_000 }
  const snapshot = makeSnapshot({ trust: [trust.set], unlisted: { tunnels: 'inspect', ...unlisted }, timeouts })
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, resolve: async () => ['127.0.0.1'], revocation })
  const records: AccessRecord[] = []
  const first = Promise.withResolvers<AccessRecord>()
  const finished = (record: AccessRecord) => {
    records.push(record)
    first.resolve(record)
  }
  const entrance = new ProxyEntrance({ snapshot, deadlines, backends, via: 'test', finished })
  const port = acceptCallers(t, entrance, [backends, deadlines])
  return { entrance, port, records, deadlines, record: () => first.promise }
}

/** Opens a tunnel to `b.test` on this port; the socket is the caller's, before any TLS. */
export async function openTunnel(t: TestContext, entrance: Entrance, port: number): Promise<net.Socket> {
  const socket = net.connect(entrance.port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.write(`CONNECT b.test:${port} HTTP/1.1\r\nHost: b.test:${port}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.match(answer.toString('latin1'), /^HTTP\/1\.1 200 /)
  return socket
}

/** One request through TLS in the tunnel: the answer, or the code of what went wrong. */
export async function askInside(t: TestContext, entrance: Entrance, port: number, options: tls.ConnectionOptions) {
  const socket = await openTunnel(t, entrance, port)
  const inside = tls.connect({ socket, servername: 'b.test', ca, ...options })
  const outcome = Promise.withResolvers<string>()
  inside.on('secureConnect', () => inside.write('GET / HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n'))
  inside.on('data', (chunk) => outcome.resolve(chunk.toString('latin1').slice(0, 15)))
  inside.on('error', (error: NodeJS.ErrnoException) => outcome.resolve(error.code ?? error.message))
  inside.on('close', () => outcome.resolve('closed'))
  const answer = await outcome.promise
  inside.destroy()
  return answer
}
