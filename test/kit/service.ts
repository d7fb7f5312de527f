/** A service without TLS and without processes: its backends are plain sockets on loopback, by a rule that lets it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import type { TestContext } from 'node:test'
import { Backends } from '../../src/backend/backends.ts'
import type { Resolve } from '../../src/backend/dial/name-resolver.ts'
import type { AccessRecord } from '../../src/observe/access-record.ts'
import type { Shortage } from '../../src/proxy/entrance-context.ts'
import { ServiceEntrance } from '../../src/service/service-entrance.ts'
import type { Service, ServiceBackend } from '../../src/settings/service.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { acceptCallers } from './accept-callers.ts'
import { RawSocket } from './entrance.ts'
import { makeSnapshot, type SnapshotWish } from './make-snapshot.ts'

export interface TestService {
  readonly port: number
  readonly entrance: ServiceEntrance
  readonly records: AccessRecord[]
  connect(): Promise<RawSocket>
  /** Resolves with the record at this place, when it is there. */
  record(index: number): Promise<AccessRecord>
}

/** Makes a service as the settings would, which accepts on loopback. */
export function makeService(wish: Partial<Service> & Pick<Service, 'connect'>): Service {
  return {
    name: 'mail',
    accept: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    failover: 'priority',
    limits: { connections: 10 },
    timeouts: { connectMs: 2000, handshakeMs: 2000, idleMs: 60_000 },
    proxyProtocol: { from: [] },
    ...wish,
  }
}

/** Starts a service; it ends with the test. */
export async function startService(
  t: TestContext,
  wish: Partial<Service> & Pick<Service, 'connect'>,
  policy: SnapshotWish = { unlisted: { plaintext: true } },
  resolve?: Resolve,
  shortage?: Shortage,
): Promise<TestService> {
  const service = makeService(wish)
  const snapshot = makeSnapshot({ ...policy, settings: { services: [service] } })
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, resolve })
  const records: AccessRecord[] = []
  let told = () => {}
  const finished = (record: AccessRecord) => {
    records.push(record)
    told()
  }
  const entrance = new ServiceEntrance({ service, snapshot, deadlines, backends, finished, shortage })
  const port = acceptCallers(t, entrance, [backends, deadlines])
  const record = async (index: number): Promise<AccessRecord> => {
    while (records[index] === undefined) {
      await new Promise<void>((resolve) => {
        told = resolve
      })
    }
    return records[index]
  }
  return { port, entrance, records, connect: () => RawSocket.connect(t, port), record }
}

/** A port where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A backend without TLS on loopback. */
export const plain = (port: number): ServiceBackend => ({ scheme: 'tcp', authority: `127.0.0.1:${port}` })

/** Closed by a reset, and not by an end that could be taken for an answer. */
export async function isReset(caller: RawSocket): Promise<void> {
  await caller.until(({ closed }) => closed).catch(() => {})
  assert.equal(caller.error?.code, 'ECONNRESET')
  assert.equal(caller.received, '')
}

/** Connects and is reset, perhaps before it knows that it was connected. */
export async function meetsReset({ port }: TestService): Promise<void> {
  const socket = net.connect(port, '127.0.0.1').resume()
  const [error] = await once(socket, 'error').catch((thrown) => [thrown])
  assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET')
}
