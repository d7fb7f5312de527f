/**
 * Goal: a service whose backend speaks WebSocket carries bytes, ends and slowness both ways, and gives nothing of the caller to
 * a backend whose answer is not what was asked for. Method: the library's own server, and one whose every byte is written here.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { parseAuthority } from '../../../src/policy/parse-destination.ts'
import type { BackendWebSocket, Service } from '../../../src/settings/service.ts'
import { type RawSocket, startEntrance, startRawBackend } from '../../kit/entrance.ts'
import { makeTrust } from '../../kit/make-trust.ts'
import { makePolicy, makeRule } from '../../kit/policies.ts'
import { deadPort, isReset, startService, type TestService } from '../../kit/service.ts'
import {
  answer,
  backendWebSocket,
  plainWebSocket,
  readRequest,
  startWebSocketServer,
} from '../../kit/web-socket-backend.ts'

/** A service in front of the library's server, one caller of it, and the WebSocket that the server got. */
async function joined(t: TestContext, other: Partial<BackendWebSocket> = {}, wish: Partial<Service> = {}) {
  const backend = await startWebSocketServer(t)
  const accepted = backend.accepted()
  const service = await startService(t, {
    connect: [plainWebSocket(backend.port)],
    backendWebSocket: { ...backendWebSocket, ...other },
    ...wish,
  })
  const caller = await service.connect()
  return { service, caller, ...(await accepted) }
}

describe('what a caller and a WebSocket say to each other', () => {
  it('is asked for as the settings say, and bytes become messages and messages bytes', async (t) => {
    const { service, caller, socket, headers, url } = await joined(t, { origin: 'https://app.test' })
    assert.equal(url, '/tcp?a=b')
    assert.deepEqual(
      [headers.origin, headers['sec-websocket-extensions'], headers['sec-websocket-protocol']],
      ['https://app.test', undefined, undefined],
    )
    // The server ends a connection whose frames are not masked.
    caller.send('question')
    const [data, isBinary] = await once(socket, 'message')
    assert.deepEqual([String(data), isBinary], ['question', true])
    socket.send('text, ')
    socket.send(Buffer.from('then bytes'))
    assert.equal(await caller.receive('then bytes'), 'text, then bytes')
    socket.close(1000)
    await caller.until(({ ended }) => ended)
    caller.socket.end()
    const { error, bytesOut, bytesIn, scheme, message } = await service.record(0)
    assert.deepEqual([error, message, scheme], ['', '', 'ws'])
    assert.deepEqual([bytesOut, bytesIn], ['question'.length, 'text, then bytes'.length])
  })

  it('what the caller sends before there is a WebSocket is its first message', async (t) => {
    const backend = await startRawBackend(t)
    const service = await startService(t, { connect: [plainWebSocket(backend.port)], backendWebSocket })
    const caller = await service.connect()
    caller.send('early')
    const connection = await backend.accepted()
    const { right } = await readRequest(connection)
    assert.equal(connection.received, '')
    answer(connection, right)
    await connection.until(({ received }) => received.length === 2 + 4 + 'early'.length)
    assert.deepEqual([...Buffer.from(connection.received.slice(0, 2), 'latin1')], [0x82, 0x80 | 'early'.length])
  })

  it('a caller that is done says goodbye, and still hears what was said before the answer to it', async (t) => {
    const { service, caller, socket } = await joined(t)
    socket.on('message', () => socket.send('answer'))
    const closed = once(socket, 'close')
    caller.send('question')
    caller.socket.end()
    assert.equal(await caller.receiveAll(), 'answer')
    assert.equal((await closed)[0], 1000)
    assert.equal((await service.record(0)).error, '')
  })

  for (const [reason, end, says] of [
    ['a close frame that tells of a failure', (s) => s.close(1011, 'no disk'), /was closed as 1011 \("no disk"\)/],
    ['an end without a close frame', (s) => s.terminate(), /ended without a close frame/],
  ] as [string, (socket: Awaited<ReturnType<typeof joined>>['socket']) => void, RegExp][]) {
    it(`resets the caller after ${reason}, so that nobody takes it for complete`, async (t) => {
      const { service, caller, socket } = await joined(t)
      socket.send('half of it')
      await caller.receive('half of it')
      end(socket)
      await isReset(caller)
      const { error, message } = await service.record(0)
      assert.equal(error, 'BACKEND_CLOSED_EARLY')
      assert.match(message, says)
    })
  }

  it('a caller that breaks ends the WebSocket without a close frame', async (t) => {
    const { service, caller, socket } = await joined(t)
    caller.socket.resetAndDestroy()
    assert.equal((await once(socket, 'close'))[0], 1006)
    assert.equal((await service.record(0)).error, 'CALLER_LEFT')
  })

  it('a backend that does not answer a ping is gone', async (t) => {
    const { service, caller, socket } = await joined(t, { pingMs: 20 })
    socket.pause()
    await isReset(caller)
    assert.match((await service.record(0)).message, /did not answer a ping/)
  })

  it('a caller that does not read stops its backend after a bounded amount, is not cut by pings, and gets all', async (t) => {
    const { caller, socket } = await joined(t, { pingMs: 40 })
    const piece = Buffer.alloc(65_536, 'b')
    const total = 512
    let taken = 0
    caller.socket.removeAllListeners('data').pause()
    for (let sent = 0; sent < total; sent += 1) socket.send(piece, () => (taken += 1))
    // Nothing has moved for longer than two pings: whoever counted them now would cut.
    for (let [before, sinceMs] = [0, performance.now()]; performance.now() - sinceMs < 120; ) {
      if (taken !== before) sinceMs = performance.now()
      before = taken
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(taken > 0 && taken < total / 2, `${taken} of ${total} pieces were taken`)
    let received = 0
    const all = Promise.withResolvers<void>()
    caller.socket.on('data', (chunk) => {
      received += chunk.length
      if (received === total * piece.length) all.resolve()
    })
    caller.socket.resume()
    await all.promise
  })

  it('a backend that does not read stops its caller, and 8 MiB arrive whole', async (t) => {
    const { caller, socket } = await joined(t)
    socket.pause()
    const total = 8 * 1_048_576
    for (let sent = 0; sent < total; sent += 65_536) caller.socket.write(Buffer.alloc(65_536, 'a'))
    caller.socket.end()
    let received = 0
    socket.on('message', (data: Buffer) => {
      received += data.length
    })
    setImmediate(() => socket.resume())
    await once(socket, 'close')
    assert.equal(received, total)
  })
})

/** One caller that has something to say, and a backend that reads the request and answers as it likes. */
async function answered(
  t: TestContext,
  reply: (connection: RawSocket, right: string[]) => void,
  { handshakeMs = 10_000, ...other }: Partial<BackendWebSocket> & { readonly handshakeMs?: number } = {},
) {
  const backend = await startRawBackend(t)
  const service = await startService(t, {
    connect: [plainWebSocket(backend.port)],
    backendWebSocket: { ...backendWebSocket, ...other },
    timeouts: { connectMs: 10_000, handshakeMs, idleMs: 60_000 },
  })
  const caller = await service.connect()
  caller.send('secret')
  const connection = await backend.accepted()
  const { right } = await readRequest(connection)
  reply(connection, right)
  await isReset(caller)
  assert.equal(caller.received, '')
  return { connection, ...(await service.record(0)) }
}

describe('an answer that is none', () => {
  const REFUSED = 'BACKEND_UPGRADE_REFUSED'
  const BAD = 'BACKEND_BAD_UPGRADE'
  const LATE = 'BACKEND_HANDSHAKE_TIMEOUT'
  const raw = (text: string) => (connection: RawSocket) => connection.send(text)
  const right = (...more: string[]) => {
    return (connection: RawSocket, fields: string[]) => answer(connection, [...fields, ...more])
  }
  type Row = [
    reason: string,
    reply: Parameters<typeof answered>[1],
    code: string,
    says: RegExp,
    Parameters<typeof answered>[2]?,
  ]
  const rows: Row[] = [
    [
      'a refusal',
      raw('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'),
      REFUSED,
      /answered with 403 "Forbidden"$/,
    ],
    [
      'a redirect',
      raw('HTTP/1.1 302 Found\r\nLocation: https://elsewhere.test/\r\nContent-Length: 0\r\n\r\n'),
      REFUSED,
      /302 "Found", which points to "https:\/\/elsewhere\.test\/"/,
    ],
    [
      'an answer to something else',
      raw('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
      REFUSED,
      /answered with 200 "OK"/,
    ],
    [
      'the answer to another key',
      (c, [upgrade = '', connection = '']) => answer(c, [upgrade, connection, 'Sec-WebSocket-Accept: AAAA']),
      BAD,
      /another request than ours: Sec-WebSocket-Accept is "AAAA"/,
    ],
    ['no answer to the key', (c, fields) => answer(c, fields.slice(0, 2)), BAD, /Sec-WebSocket-Accept is missing/],
    [
      'another protocol',
      right('Sec-WebSocket-Protocol: imap'),
      BAD,
      /chose the protocol "imap", which was not/,
      { protocols: ['smtp'] },
    ],
    ['a protocol where none was offered', right('Sec-WebSocket-Protocol: imap'), BAD, /chose the protocol "imap"/],
    ['no protocol where some were offered', right(), BAD, /chose none of the protocols smtp/, { protocols: ['smtp'] }],
    ['an extension', right('Sec-WebSocket-Extensions: permessage-deflate'), BAD, /took up "permessage-deflate"/],
    [
      'another upgrade',
      (c, [, connection = '', accept = '']) => answer(c, ['Upgrade: h2c', connection, accept]),
      BAD,
      /"h2c"/,
    ],
    [
      'an old version',
      (c, fields) => answer(c, fields, 'HTTP/1.0 101 Switching Protocols'),
      BAD,
      /answered in HTTP\/1\.0/,
    ],
    ['what is not HTTP', raw('220 mail.test ESMTP\r\n'), BAD, /cannot be used/],
    ['a head without end', raw(`HTTP/1.1 101 X\r\nx: ${'x'.repeat(40_000)}`), BAD, /cannot be used/],
    ['an end', (c) => c.socket.end(), 'BACKEND_CLOSED_EARLY', /closed the connection before it had answered/],
    ['a reset', (c) => void c.socket.resetAndDestroy(), 'BACKEND_CLOSED_EARLY', /before it had answered/],
    ['nothing', () => {}, LATE, /did not answer the request for a WebSocket in time/, { handshakeMs: 150 }],
  ]
  for (const [reason, reply, code, says, other] of rows) {
    it(`${reason}: ${code}, and nothing of the caller leaves`, async (t) => {
      const { connection, error, message } = await answered(t, reply, other)
      assert.equal(error, code)
      assert.match(message, says)
      assert.equal(connection.received, '')
    })
  }

  it('the protocol that is offered is taken', async (t) => {
    const { caller, socket } = await joined(t, { protocols: ['smtp', 'imap'] })
    assert.equal(socket.protocol, 'smtp')
    socket.send('hello')
    await caller.receive('hello')
  })
})

describe('what a WebSocket must not carry', () => {
  const afterRight = (bytes: number[]) => (connection: RawSocket, right: string[]) => {
    answer(connection, right)
    connection.socket.write(Buffer.from(bytes))
  }
  for (const [reason, bytes, says] of [
    ['a frame that is masked', [0x82, 0x81, 0, 0, 0, 0, 0x61], /MASK must be clear/],
    ['a message over the limit', [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 1], /Max payload size exceeded/],
    ['a compressed message', [0xc2, 0x01, 0x61], /RSV1 must be clear/],
    ['a frame of an unknown kind', [0x8f, 0x00], /invalid opcode/],
  ] as [string, number[], RegExp][]) {
    it(`${reason} ends it, and the caller is reset`, async (t) => {
      const { error, message } = await answered(t, afterRight(bytes))
      assert.equal(error, 'BACKEND_CLOSED_EARLY')
      assert.match(message, says)
    })
  }

  it('a message at the limit arrives', async (t) => {
    const { caller, socket } = await joined(t, { messageBytes: 1024 })
    socket.send(Buffer.alloc(1024, 'x'))
    await caller.until(({ received }) => received.length === 1024)
  })
})

describe('several backends that speak WebSocket', () => {
  const greeted = async ({ connect }: TestService) => (await connect()).receive('hello')

  it('one that is dead or refuses leads to the next', async (t) => {
    const refusing = await startWebSocketServer(t, { verifyClient: () => false })
    const good = await startWebSocketServer(t)
    good.server.on('connection', (socket) => socket.send('hello'))
    const connect = [await deadPort(), refusing.port, good.port].map(plainWebSocket)
    await greeted(await startService(t, { connect, backendWebSocket }))
  })

  it('when all refuse, every answer is told', async (t) => {
    const refusing = await startWebSocketServer(t, { verifyClient: () => false })
    const connect = [plainWebSocket(refusing.port), { ...plainWebSocket(refusing.port), path: '/other' }]
    const service = await startService(t, { connect, backendWebSocket })
    await isReset(await service.connect())
    const { error, message } = await service.record(0)
    assert.equal(error, 'BACKEND_UPGRADE_REFUSED')
    assert.match(message, /401 "Unauthorized"; .*400 "Bad Request"/)
  })
})

it('a PROXY header goes out before the request', async (t) => {
  const backend = await startRawBackend(t)
  const proxyProtocol = { from: [], out: 'v1' } as const
  const service = await startService(t, { connect: [plainWebSocket(backend.port)], backendWebSocket, proxyProtocol })
  const caller = await service.connect()
  const { head } = await readRequest(await backend.accepted())
  const own = caller.socket.localPort
  assert.ok(head.startsWith(`PROXY TCP4 127.0.0.1 127.0.0.1 ${own} ${service.port}\r\nGET /tcp?a=b HTTP/1.1\r\n`), head)
})

it('ws:// is plain text: without a rule for it nothing is dialled', async (t) => {
  const connect = [plainWebSocket(await deadPort())]
  const service = await startService(t, { connect, backendWebSocket }, {})
  const caller = await service.connect().catch(() => undefined)
  if (caller !== undefined) await isReset(caller)
  const { error, address } = await service.record(0)
  assert.deepEqual([error, address], ['POLICY_PLAINTEXT_DENIED', ''])
})

describe('the ways to a backend', () => {
  it('through an upstream proxy', async (t) => {
    const backend = await startWebSocketServer(t)
    const accepted = backend.accepted()
    const policy = makePolicy({ unlisted: makeRule({ plaintext: true }) })
    const proxy = await startEntrance(t, backend.port, { policy })
    const via = { scheme: 'http', to: parseAuthority(`127.0.0.1:${proxy.port}`) } as const
    const connect = [plainWebSocket(backend.port)]
    const service = await startService(t, { connect, backendWebSocket }, { unlisted: { plaintext: true, via } })
    const caller = await service.connect()
    ;(await accepted).socket.send('hello')
    assert.equal(await caller.receive('hello'), 'hello')
    assert.equal(proxy.backends.dialled, 1)
  })

  it('over TLS behind a PROXY header', async (t) => {
    const trust = await makeTrust(['127.0.0.1'])
    const server = https.createServer({ cert: trust.leaf.certificate, key: trust.leaf.key })
    const backend = await startWebSocketServer(t, { server })
    const accepted = backend.accepted()
    const raw = await startRawBackend(t)
    const connect = [{ scheme: 'wss', authority: `127.0.0.1:${raw.port}`, path: '/tcp' }] as const
    const proxyProtocol = { from: [], out: 'v1' } as const
    const service = await startService(t, { connect, backendWebSocket, proxyProtocol }, { trust: [trust.set] })
    const caller = await service.connect()
    const { socket } = await raw.accepted()
    socket.removeAllListeners('data')
    const [bytes] = (await once(socket.resume(), 'data')) as [Buffer]
    const end = bytes.indexOf('\r\n') + 2
    assert.match(bytes.toString('latin1', 0, end), /^PROXY TCP4 /)
    socket.pause()
    socket.unshift(bytes.subarray(end))
    server.emit('connection', socket)
    ;(await accepted).socket.send('hello')
    assert.equal(await caller.receive('hello'), 'hello')
    caller.socket.destroy()
    assert.equal((await service.record(0)).verdict, 'trusted')
  })

  it('over TLS to one that wants a certificate of ours, which it says only after the handshake', async (t) => {
    const trust = await makeTrust(['127.0.0.1'])
    const { certificate, key } = trust.leaf
    const server = https.createServer({ cert: certificate, key, ca: trust.ca.certificate, requestCert: true })
    await startWebSocketServer(t, { server })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const connect = [{ scheme: 'wss', authority: `127.0.0.1:${port}`, path: '/tcp' }] as const
    const service = await startService(t, { connect, backendWebSocket }, { trust: [trust.set] })
    await isReset(await service.connect())
    const { error, message, verdict } = await service.record(0)
    assert.equal(error, 'BACKEND_REFUSED_US')
    assert.match(message, /refused us with the alert certificate_required/)
    assert.equal(verdict, 'trusted')
  })
})
