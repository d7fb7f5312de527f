/**
 * Goal: nobody on the way makes a shortened answer look whole. Method: real TLS backends whose answer says no length, so
 * that the end of the connection ends it; each ends it in its own manner, and the caller must see whether TLS said so.
 */
import assert from 'node:assert/strict'
import type net from 'node:net'
import { type TestContext, test } from 'node:test'
import type tls from 'node:tls'
import { Backends } from '../../src/backend/backends.ts'
import type { AccessRecord } from '../../src/observe/access-record.ts'
import type { Rule } from '../../src/policy/policy.ts'
import { ProxyEntrance } from '../../src/proxy/proxy-entrance.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { acceptOn, bindHandle } from '../../src/wire/raw-handle.ts'
import { RawSocket } from '../kit/entrance.ts'
import { makeSnapshot } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'

const trust = await makeTrust(['b.test'])

/** Asks once; gives what the caller saw and what was noted. */
async function ask(t: TestContext, port: number, unlisted: Partial<Rule>) {
  const snapshot = makeSnapshot({ trust: [trust.set], unlisted })
  const deadlines = new Deadlines()
  const backends = new Backends({ snapshot, deadlines, resolve: async () => ['127.0.0.1'] })
  const noted = Promise.withResolvers<Pick<AccessRecord, 'error' | 'message'>>()
  const finished = ({ error, message }: AccessRecord) => noted.resolve({ error, message })
  const entrance = new ProxyEntrance({ snapshot, deadlines, backends, via: 'test', finished })
  const listening = bindHandle({ host: '127.0.0.1', port: 0 })
  acceptOn(listening.handle, (caller) => entrance.accept(caller))
  t.after(() => {
    listening.handle.close()
    entrance.cut()
    backends.close()
    deadlines.close()
  })
  const caller = await RawSocket.connect(t, listening.port)
  caller.send(`GET http://b.test:${port}/ HTTP/1.1\r\nHost: b.test\r\n\r\n`)
  return { caller, ...(await noted.promise) }
}

const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\n\r\nhalf'
const OF_A_LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf'

type Ends = (socket: tls.TLSSocket, raw: net.Socket, answer: string) => void
const byTls: Ends = (socket, _, answer) => void socket.end(answer)
const byTcpAlone: Ends = (socket, raw, answer) => void socket.write(answer, () => raw.end())
const inARecord: Ends = (socket, raw, answer) =>
  void socket.write(answer, () => raw.end(Buffer.from('1703030100aabbcc', 'hex')))

const rows: [why: string, ends: Ends, answer: string, rule: Partial<Rule>, isWhole: boolean][] = [
  ['TLS says that it is over', byTls, UNTIL_CLOSE, {}, true],
  ['only TCP says so', byTcpAlone, UNTIL_CLOSE, {}, false],
  ['only TCP says so, in the middle of a record', inARecord, UNTIL_CLOSE, {}, false],
  ['only TCP says so, behind an answer that has said its length', byTcpAlone, OF_A_LENGTH, {}, true],
  ['only TCP says so, where a rule refuses nobody on the way', byTcpAlone, UNTIL_CLOSE, { strict: false }, true],
  ['only TCP says so, where nothing is refused', byTcpAlone, UNTIL_CLOSE, { enforcement: 'report' }, true],
]
for (const [why, ends, answer, rule, isWhole] of rows) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`an answer ${isWhole ? 'is whole' : 'is cut'}: ${why} (${version})`, async (t) => {
      const backend = await startBackend(t, {
        certificate: trust.leaf,
        tls: { minVersion: version, maxVersion: version },
        onSecure: (socket) => socket.once('data', () => ends(socket, [...backend.sockets][0] as net.Socket, answer)),
      })
      const { caller, error, message } = await ask(t, backend.port, rule)
      assert.equal(error, isWhole ? '' : 'BACKEND_CLOSED_EARLY')
      if (isWhole) return void (await caller.receive('\r\n\r\nhalf'))
      assert.match(message, /without ending TLS \(close_notify\)/)
      await caller.until(({ closed }) => closed)
      assert.equal(caller.error?.code, 'ECONNRESET')
    })
  }
}
