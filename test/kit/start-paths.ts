/**
 * Every path on which a backend is judged: the entrances of the product over the real Backends, in one process, so that
 * a table of hundreds of handshakes takes seconds. A further entrance is one more entry of `paths`.
 */
import type { TestContext } from 'node:test'
import { Backends } from '../../src/backend/backends.ts'
import type { AccessRecord } from '../../src/observe/access-record.ts'
import { ProxyEntrance } from '../../src/proxy/proxy-entrance.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { acceptOn, bindHandle } from '../../src/wire/raw-handle.ts'
import { RawSocket } from './entrance.ts'
import { makeSnapshot, type SnapshotWish } from './make-snapshot.ts'

/** What is said of one request or tunnel, as far as judging goes. */
export type Judged = Pick<AccessRecord, 'kind' | 'verdict' | 'findings' | 'message' | 'error'>

/** Asks for a backend in one way, and tells what came of it. */
export type Path = (t: TestContext, authority: string) => Promise<Judged>

/** Starts the entrances in front of whatever the snapshot allows; names lead to loopback. */
export function startPaths(
  cleaner: { after(clean: () => void): void },
  wish: SnapshotWish,
): Readonly<Record<string, Path>> {
  const snapshot = makeSnapshot(wish)
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, resolve: async () => ['127.0.0.1'] })
  const waiting = new Map<string, (judged: Judged) => void>()
  const entrance = new ProxyEntrance({
    snapshot,
    deadlines,
    backends,
    via: 'vedette-test',
    // The entrance fills its record again, so what is wanted of it is copied.
    finished: ({ kind, verdict, findings, message, error, port }) =>
      waiting.get(`${kind} ${port}`)?.({ kind, verdict, findings, message, error }),
  })
  const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
  acceptOn(handle, (caller) => entrance.accept(caller))
  cleaner.after(() => {
    handle.close()
    entrance.cut()
    backends.close()
    deadlines.close()
  })
  const through = (kind: Judged['kind'], head: (authority: string) => string): Path => {
    return async (t, authority) => {
      const judged = Promise.withResolvers<Judged>()
      waiting.set(`${kind} ${authority.slice(authority.lastIndexOf(':') + 1)}`, judged.resolve)
      const caller = await RawSocket.connect(t, port)
      caller.send(head(authority))
      await caller.receive('\r\n\r\n')
      // A tunnel is told when it is over.
      caller.socket.destroy()
      return await judged.promise
    }
  }
  return {
    'an originated request': through('originate', (host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
    'a tunnel': through('connect', (host) => `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  }
}
