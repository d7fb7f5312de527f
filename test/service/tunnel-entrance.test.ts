/** The entrance for tokens before any token has come: how long and how many callers it puts up with. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { it, type TestContext } from 'node:test'
import tls from 'node:tls'
import type { Backends } from '../../src/backend/backends.ts'
import { SidecarError } from '../../src/errors.ts'
import type { AccessRecord } from '../../src/observe/access-record.ts'
import type { Shortage } from '../../src/proxy/entrance-context.ts'
import type { TunnelService } from '../../src/service/tunnel-entrance.ts'
import { TunnelEntrance } from '../../src/service/tunnel-entrance.ts'
import type { TokenUse } from '../../src/token/token-use.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { acceptOn, bindHandle, bindSocketFile } from '../../src/wire/raw-handle.ts'
import { makeOffer, makeSnapshot } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'

const { leaf } = await makeTrust(['gateway.localhost'])

interface Wish {
  readonly connections?: number
  readonly headMs?: number
  readonly handshakeMs?: number
  readonly file?: string
  readonly shortage?: Shortage
}

function start(t: TestContext, wish: Wish = {}) {
  const { connections = 10, headMs = 30_000, handshakeMs = 2000, file = '', shortage } = wish
  const state = mkdtempSync(path.join(tmpdir(), 'vedette-state-'))
  t.after(() => rmSync(state, { recursive: true, force: true }))
  const service: TunnelService = {
    name: 'hosts',
    accept: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    connect: [],
    failover: 'priority',
    limits: { connections },
    timeouts: { connectMs: 2000, handshakeMs, idleMs: 60_000 },
    proxyProtocol: { from: [] },
    tls: {
      certificate: 'gateway',
      offer: makeOffer(),
      verifyClient: 'none',
      trustStores: [],
      revocation: { mode: 'off', sources: ['crl'] },
    },
    tokens: { keys: 'k', innerNames: 'checked' },
  }
  const identity = { name: 'gateway', certificate: leaf.certificate, key: leaf.key, sha256: leaf.sha256 }
  const records: AccessRecord[] = []
  const uses: TokenUse[] = []
  const deadlines = new Deadlines()
  const entrance = new TunnelEntrance({
    service,
    snapshot: makeSnapshot({ identities: [identity], timeouts: { headMs }, settings: { state } }),
    deadlines,
    backends: {} as Backends,
    finished: (record) => records.push(record),
    tokenUsed: (use) => uses.push(use),
    shortage,
  })
  const tcp = { host: '127.0.0.1', port: 0 }
  const { handle, port } = file === '' ? bindHandle(tcp) : { handle: bindSocketFile(file), port: 0 }
  acceptOn(handle, (caller) => entrance.accept(caller))
  t.after(() => {
    handle.close()
    entrance.cut()
    deadlines.close()
  })
  const call = async () => {
    const to = file === '' ? { port, host: '127.0.0.1' } : { path: file }
    const socket = tls.connect({ ...to, rejectUnauthorized: false })
    socket.on('error', () => {})
    t.after(() => socket.destroy())
    await once(socket, 'secureConnect').catch(() => {})
    return socket
  }
  return { entrance, records, uses, call, port }
}

const gone = async (socket: tls.TLSSocket) => {
  socket.resume()
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}

it('a caller that asks for nothing is let go when its request is late, not after an hour', async (t) => {
  const { call } = start(t, { headMs: 50 })
  await gone(await call())
})

it('a caller over the limit is refused, and the next one is taken when there is room again', async (t) => {
  const { call, records, entrance } = start(t, { connections: 1 })
  const first = await call()
  await gone(await call())
  assert.equal(records[0]?.error, 'INTERNAL_AT_LIMIT')
  first.destroy()
  while (entrance.load.callers > 0) await new Promise((resolve) => setImmediate(resolve))
  const again = await call()
  again.write('CONNECT a.example:1 HTTP/1.1\r\nHost: a.example:1\r\n\r\n')
  const [answer] = (await once(again, 'data')) as [Buffer]
  assert.match(answer.toString(), /^HTTP\/1\.1 407 /)
})

it('a caller without a token is told of once, with the reason and without a secret; one that leaves is not', async (t) => {
  const { call, uses } = start(t)
  const asking = await call()
  asking.write('CONNECT a.example:1 HTTP/1.1\r\nHost: a.example:1\r\nProxy-Authorization: Bearer abc.SECRET\r\n\r\n')
  await gone(asking)
  const leaving = await call()
  leaving.destroy()
  await gone(leaving)
  assert.equal(uses.length, 1)
  const [{ timeMs: _, ...use } = assert.fail('nothing was told')] = uses
  assert.deepEqual(use, {
    ...{ service: 'hosts', caller: '127.0.0.1', names: [], token: '', holder: '', to: '' },
    ...{ error: 'CALLER_TOKEN_REFUSED', reason: 'the token is not shaped like one of ours' },
  })
})

it('a retired entrance is empty when its last caller has left', async (t) => {
  const { call, entrance } = start(t)
  const socket = await call()
  const emptied = new Promise<void>((resolve) => {
    entrance.emptied = resolve
  })
  entrance.retire()
  await gone(socket)
  await emptied
  assert.equal(entrance.load.callers, 0)
})

it('on a socket file, which knows no reset: one is answered, one that is no TLS and one that is silent are let go', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-file-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const goesFrom = async (file: string, said: string) => {
    const plain = net.connect(file).resume()
    plain.on('error', () => {})
    plain.write(said)
    await once(plain, 'close')
  }
  const [file, other] = [path.join(folder, 'hosts.sock'), path.join(folder, 'hasty.sock')]
  const { call, records } = start(t, { file, handshakeMs: 10_000 })
  const caller = await call()
  caller.write('CONNECT a.example:1 HTTP/1.1\r\nHost: a.example:1\r\n\r\n')
  const [answer] = (await once(caller, 'data')) as [Buffer]
  assert.match(answer.toString(), /^HTTP\/1\.1 407 /)
  await goesFrom(file, 'GET / HTTP/1.1\r\n\r\n')
  const hasty = start(t, { file: other, handshakeMs: 50 })
  await goesFrom(other, '')
  while (records.length + hasty.records.length < 3) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    [...records, ...hasty.records].map(({ error }) => error),
    ['CALLER_TOKEN_REFUSED', 'CALLER_TLS_FAILED', 'CALLER_TLS_FAILED'],
  )
})

it('a caller that is not let in any more is turned out with a line of its own, also one that is still shaking hands', async (t) => {
  const { call, records, entrance } = start(t)
  const idle = await call()
  const why = new SidecarError('CALLER_CERTIFICATE_REFUSED', 'revoked')
  const weigh = (faultOf: () => SidecarError | undefined) => entrance.reweigh(makeSnapshot(), () => true, faultOf)
  let weighed = 0
  const letsIn = () => {
    weighed += 1
    return undefined
  }
  while (weighed === 0) {
    assert.equal(weigh(letsIn), 0)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(
    weigh(() => why),
    1,
  )
  await gone(idle)
  await gone(await call())
  assert.deepEqual(
    records.map(({ error, message, callerProtocol }) => [error, message, callerProtocol]),
    [
      ['CALLER_CERTIFICATE_REFUSED', 'revoked', 'TLSv1.3'],
      ['CALLER_CERTIFICATE_REFUSED', 'revoked', ''],
    ],
  )
})

it('a caller is refused while memory is short, before the handshake; one that came before keeps its connection', async (t) => {
  let fault: SidecarError | undefined
  const { call, records, entrance } = start(t, { shortage: () => fault })
  const before = await call()
  fault = new SidecarError('INTERNAL_AT_LIMIT', 'memory is short')
  await gone(await call())
  // The line of one that did not get through its handshake.
  assert.match(records[0]?.requestId ?? '', /-hosts-tls-1$/)
  assert.deepEqual([records[0]?.error, before.destroyed], ['INTERNAL_AT_LIMIT', false])
  fault = undefined
  assert.equal((await call()).getProtocol(), 'TLSv1.3')
  assert.equal(entrance.load.callers, 2)
})
