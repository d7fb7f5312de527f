/**
 * Goal: a plain MySQL client and a server that wants TLS understand each other, and nothing of the client leaves before
 * the verdict. Method: a server that records what it is told before TLS and inside, and a client that is a raw socket.
 */
import assert from 'node:assert/strict'
import type net from 'node:net'
import { before, describe, it, type TestContext } from 'node:test'
import { MYSQL_SSL_REQUEST_BYTES, mysqlFlags, mysqlPacket } from '../../../src/backend/starttls/mysql-packets.ts'
import type { Service } from '../../../src/settings/service.ts'
import type { SnapshotWish } from '../../kit/make-snapshot.ts'
import { makeTrust, type Trust } from '../../kit/make-trust.ts'
import { deadPort, startService } from '../../kit/service.ts'
import {
  type MysqlServerWish,
  MysqlTalk,
  mysqlAnswer,
  mysqlGreeting,
  startMysqlServer,
} from '../../kit/start-mysql-server.ts'

let trust: Trust
before(async () => {
  trust = await makeTrust(['backend.test'])
})

const ok = '\x00\x00\x00\x02\x00\x00\x00'
const answer = mysqlAnswer('ann')
/** The same as if the client had asked for TLS itself. */
const asked = Buffer.from(answer)
asked.writeUInt32LE(answer.readUInt32LE(0) | mysqlFlags.ssl, 0)
const quit = Buffer.from('0100000001', 'hex')

/** A server, a service in front of it and what they are to each other; nothing is said yet. */
async function start(
  t: TestContext,
  server: Partial<MysqlServerWish>,
  { service = {}, policy = {} }: { service?: Partial<Service>; policy?: SnapshotWish } = {},
) {
  const heard: Buffer[] = []
  const { port } = await startMysqlServer(t, {
    leaf: trust.leaf,
    talk: async (inside, request) => {
      heard.push(request.payload)
      const { number, payload } = await inside.hear()
      heard.push(payload)
      inside.say(number + 1, ok)
      inside.letGo().pipe(inside.socket)
    },
    ...server,
  })
  const wish = {
    starttls: 'mysql' as const,
    connect: [{ scheme: 'tls' as const, authority: `127.0.0.1:${port}` }],
    timeouts: { connectMs: 2000, handshakeMs: 2000, idleMs: 60_000 },
    ...service,
  }
  const entrance = await startService(t, wish, {
    trust: [trust.set],
    unlisted: { verifyName: 'backend.test' },
    ...policy,
  })
  const caller = new MysqlTalk((await entrance.connect()).socket)
  return { heard, caller, record: () => entrance.record(0), cut: () => entrance.entrance.cut() }
}

/** The message of an error packet. */
function messageOf(payload: Buffer): string {
  assert.equal(payload[0], 0xff, payload.toString('latin1'))
  return payload.toString('latin1', 3)
}

describe('a MySQL client in plain text', () => {
  it('is greeted without TLS, logs in inside TLS, and then talks as if nobody stood between', async (t) => {
    const { caller, heard, record } = await start(t, {})
    const greeting = await caller.hear()
    assert.deepEqual(greeting, { number: 0, payload: mysqlGreeting(0xffff & ~mysqlFlags.ssl) })
    caller.say(1, answer)
    assert.deepEqual(await caller.hear(), { number: 2, payload: Buffer.from(ok) })
    caller.say(0, '\x03select 1')
    assert.deepEqual(await caller.hear(), { number: 0, payload: Buffer.from('\x03select 1') })
    // Before TLS the server gets what every client says then, and it is what this one says of itself.
    assert.deepEqual(heard, [asked.subarray(0, MYSQL_SSL_REQUEST_BYTES), asked])
    caller.socket.end()
    const { error, verdict } = await record()
    assert.deepEqual([error, verdict], ['', 'trusted'])
  })

  it('is understood byte by byte, through a switch of the plugin', async (t) => {
    const numbers: number[] = []
    const { caller } = await start(t, {
      talk: async (inside) => {
        for (const payload of ['\xfeclient_ed25519\0salt', '\x01more', ok]) {
          const { number } = await inside.hear()
          numbers.push(number)
          inside.say(number + 1, payload)
        }
      },
    })
    await caller.hear()
    for (const [number, payload] of [
      [1, answer],
      [3, Buffer.from('signature')],
      [5, Buffer.from('')],
    ] as const) {
      for (const byte of mysqlPacket({ number, payload })) caller.socket.write(Buffer.from([byte]))
      assert.equal((await caller.hear()).number, number + 1)
    }
    assert.deepEqual(numbers, [2, 4, 6])
  })

  it("gets the server's own error when its password is wrong", async (t) => {
    const { caller } = await start(t, {
      talk: async (inside) => {
        inside.say((await inside.hear()).number + 1, '\xff\x15\x04#28000Access denied')
        inside.socket.end()
      },
    })
    await caller.hear()
    caller.say(1, answer)
    const { number, payload } = await caller.hear()
    assert.equal(number, 2)
    assert.match(messageOf(payload), /^#28000Access denied$/)
  })

  it('is done when it says so, though the server is gone before TLS has ended', async (t) => {
    const { caller, record } = await start(t, {
      talk: async (inside, _request, raw) => {
        inside.say((await inside.hear()).number + 1, ok)
        await inside.hear()
        // As the kernel answers for a server that has closed and is still spoken to.
        raw.resetAndDestroy()
      },
    })
    await caller.hear()
    caller.say(1, answer)
    await caller.hear()
    caller.socket.write(quit)
    assert.equal((await record()).error, '')
  })

  it('is not done when the server closes in the middle', async (t) => {
    const { caller, record } = await start(t, {
      talk: async (inside, _request, raw) => {
        inside.say((await inside.hear()).number + 1, ok)
        await inside.hear()
        // As the kernel answers for a server that has closed and is still spoken to.
        raw.resetAndDestroy()
      },
    })
    await caller.hear()
    caller.say(1, answer)
    await caller.hear()
    caller.say(0, '\x03select 1')
    assert.equal((await record()).error, 'BACKEND_CLOSED_EARLY')
  })
})

describe('before the verdict', () => {
  it('nothing of the client leaves but what an SSLRequest says, and a refusal has its code', async (t) => {
    const { caller, heard, record } = await start(t, {}, { policy: { trust: [] } })
    await caller.hear()
    // Where clients of today say nothing, and servers do not look.
    caller.say(1, Buffer.from(answer).fill('secret', 9, 28))
    const { number, payload } = await caller.hear()
    assert.equal(number, 2)
    assert.equal(messageOf(payload), '#08S01vedette: POLICY_VERDICT_REFUSED')
    assert.equal((await record()).error, 'POLICY_VERDICT_REFUSED')
    assert.deepEqual(heard, [asked.subarray(0, MYSQL_SSL_REQUEST_BYTES)])
  })

  it('a server that offers no TLS is refused, in the place of its greeting', async (t) => {
    const { caller, record } = await start(t, { greeting: mysqlGreeting(0xffff & ~mysqlFlags.ssl) })
    const { number, payload } = await caller.hear()
    assert.equal(number, 0)
    assert.equal(messageOf(payload), 'vedette: BACKEND_NO_STARTTLS')
    assert.equal((await record()).error, 'BACKEND_NO_STARTTLS')
  })

  it('such a server is left as it is where the rule says so', async (t) => {
    const plain = mysqlGreeting(0xffff & ~mysqlFlags.ssl)
    const instead = (socket: { pipe(to: unknown): unknown }) => void socket.pipe(socket)
    const policy = { trust: [trust.set], unlisted: { starttls: 'may' as const } }
    const { caller, record } = await start(t, { greeting: plain, instead }, { policy })
    assert.deepEqual(await caller.hear(), { number: 0, payload: plain })
    caller.say(1, answer)
    assert.deepEqual(await caller.hear(), { number: 1, payload: answer })
    caller.socket.end()
    assert.deepEqual((await record()).because, ['starttls-may'])
  })

  it('a server that goes on behind its greeting is refused, also while the client is asked', async (t) => {
    const greeted = Promise.withResolvers<net.Socket>()
    const { caller, record } = await start(t, { instead: greeted.resolve })
    await caller.hear()
    const server = await greeted.promise
    server.write('x')
    const { number, payload } = await caller.hear()
    assert.deepEqual([number, messageOf(payload)], [2, '#08S01vedette: BACKEND_STARTTLS_FAILED'])
    const { error, message } = await record()
    assert.equal(error, 'BACKEND_STARTTLS_FAILED')
    assert.match(message, /sent more in plain text/)
  })
})

describe('a client that does not keep to it is refused and told why', () => {
  const sslRequest = Buffer.from(answer.subarray(0, 32))
  sslRequest.writeUInt32LE(answer.readUInt32LE(0) | mysqlFlags.ssl, 0)
  const old = Buffer.from(answer)
  old.writeUInt32LE(answer.readUInt32LE(0) & ~mysqlFlags.protocol41, 0)
  const notMysql = /does not answer the greeting in the words of MySQL/
  const faults = {
    'it asks for TLS that was not offered': [mysqlPacket({ number: 1, payload: sslRequest }), /switch ssl off/],
    'it sends a packet of another number': [mysqlPacket({ number: 0, payload: answer }), notMysql],
    'it is older than MySQL 4.1': [mysqlPacket({ number: 1, payload: old }), notMysql],
    'it is no MySQL client': [Buffer.from('GET / HTTP/1.1\r\n\r\n'), /its answer is too long/],
    'its answer names no user': [mysqlPacket({ number: 1, payload: answer.subarray(0, 32) }), notMysql],
    'it goes on unasked': [
      Buffer.concat([mysqlPacket({ number: 1, payload: answer }), mysqlPacket({ number: 0, payload: answer })]),
      /goes on before the server has answered/,
    ],
    'it announces more than anybody has to say': [Buffer.from([0x71, 0x11, 0x01, 1]), /its answer is too long/],
  } as const
  for (const [name, [bytes, says]] of Object.entries(faults)) {
    it(`when ${name}`, async (t) => {
      const { caller, heard, record } = await start(t, {})
      await caller.hear()
      caller.socket.write(bytes)
      assert.match(messageOf((await caller.hear()).payload), says)
      const { error, message } = await record()
      assert.equal(error, 'CALLER_BAD_LOGIN')
      assert.match(message, says)
      assert.deepEqual(heard, [], 'the server was told nothing')
    })
  }

  it('when it speaks first', async (t) => {
    const spoken = Promise.withResolvers<void>()
    const { caller, record } = await start(t, { greets: spoken.promise })
    caller.socket.write(mysqlPacket({ number: 1, payload: answer }), () => setImmediate(spoken.resolve))
    const { error, message } = await record()
    assert.deepEqual(
      [error, message],
      ['CALLER_BAD_LOGIN', 'the client speaks before the greeting, as no MySQL client does'],
    )
  })

  it('when it is silent, which is not put down to the server', async (t) => {
    const { record } = await start(
      t,
      {},
      { service: { timeouts: { connectMs: 2000, handshakeMs: 150, idleMs: 60_000 } } },
    )
    const { error, message } = await record()
    assert.equal(error, 'CALLER_BAD_LOGIN')
    assert.match(message, /did not answer the greeting in time/)
  })

  it('and the time that one takes is not taken from the server', async (t) => {
    const service = { timeouts: { connectMs: 2000, handshakeMs: 400, idleMs: 60_000 } }
    const secures = new Promise<void>((resolve) => setTimeout(resolve, 550))
    const { caller } = await start(t, { secures }, { service })
    await caller.hear()
    setTimeout(() => caller.say(1, answer), 300)
    assert.equal((await caller.hear()).payload.toString('latin1'), ok)
  })

  it('and one that leaves has left', async (t) => {
    const { caller, record } = await start(t, {})
    await caller.hear()
    caller.socket.destroy()
    assert.equal((await record()).error, 'CALLER_LEFT')
  })
})

describe('a server that does not keep to it', () => {
  it('is refused when it numbers its packets as it likes', async (t) => {
    const { caller, record } = await start(t, { talk: async (inside) => inside.say((await inside.hear()).number, ok) })
    await caller.hear()
    caller.say(1, answer)
    assert.match(messageOf((await caller.hear()).payload), /BACKEND_STARTTLS_FAILED/)
    assert.match((await record()).message, /numbers a packet of the login with 2 instead of 3/)
  })

  it('is refused when it closes in the middle of the login', async (t) => {
    const { caller, record } = await start(t, {
      talk: async (inside) => {
        await inside.hear()
        inside.socket.end()
      },
    })
    await caller.hear()
    caller.say(1, answer)
    assert.match(messageOf((await caller.hear()).payload), /BACKEND_CLOSED_EARLY/)
    assert.equal((await record()).error, 'BACKEND_CLOSED_EARLY')
  })

  it('is given up when it does not begin with TLS', async (t) => {
    const service = { timeouts: { connectMs: 2000, handshakeMs: 200, idleMs: 60_000 } }
    const { caller, record } = await start(t, { secures: new Promise(() => {}) }, { service })
    await caller.hear()
    caller.say(1, answer)
    assert.match(messageOf((await caller.hear()).payload), /BACKEND_HANDSHAKE_TIMEOUT/)
    assert.match((await record()).message, /did not finish the TLS handshake in time/)
  })

  it('is given up when it drips', async (t) => {
    const service = { timeouts: { connectMs: 2000, handshakeMs: 300, idleMs: 60_000 } }
    const talk = async (inside: MysqlTalk) => {
      await inside.hear()
      const drip = setInterval(() => inside.socket.write('x'), 50)
      inside.socket.once('close', () => clearInterval(drip))
    }
    const { caller, record } = await start(t, { talk }, { service })
    await caller.hear()
    caller.say(1, answer)
    assert.match(messageOf((await caller.hear()).payload), /BACKEND_HANDSHAKE_TIMEOUT/)
    assert.match((await record()).message, /did not go on with the login in time/)
  })
})

for (const leave of ['end', 'resetAndDestroy'] as const) {
  it(`a server that greets when the client has left is let go (${leave})`, async (t) => {
    const greets = Promise.withResolvers<void>()
    const left = Promise.withResolvers<void>()
    const instead = (socket: net.Socket) => void socket.once('end', () => left.resolve())
    const { caller, record } = await start(t, { greets: greets.promise, instead })
    caller.socket[leave]()
    // Of a client that only ends nobody knows yet whether it has left.
    if (leave === 'resetAndDestroy') await record()
    greets.resolve()
    assert.equal((await record()).error, 'CALLER_LEFT')
    await left.promise
  })
}

it('a login that is cut in the middle leaves nobody behind', async (t) => {
  const asked = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const talk = async (inside: MysqlTalk) => {
    await inside.hear()
    inside.socket.once('end', () => left.resolve())
    asked.resolve()
  }
  const { caller, record, cut } = await start(t, { talk })
  await caller.hear()
  caller.say(1, answer)
  await asked.promise
  cut()
  assert.match(messageOf((await caller.hear()).payload), /INTERNAL_DRAINING/)
  assert.equal((await record()).error, 'INTERNAL_DRAINING')
  await left.promise
})

describe('several servers', () => {
  const backend = (port: number) => ({ scheme: 'tls' as const, authority: `127.0.0.1:${port}` })

  it('are tried in turn until one greets', async (t) => {
    const { port } = await startMysqlServer(t, {
      leaf: trust.leaf,
      talk: async (inside) => inside.say((await inside.hear()).number + 1, ok),
    })
    const connect = [backend(await deadPort()), backend(port)]
    const { caller } = await start(t, {}, { service: { connect } })
    await caller.hear()
    caller.say(1, answer)
    assert.equal((await caller.hear()).payload.toString('latin1'), ok)
  })

  it('are not tried any more once the client has answered one: its answer fits no other', async (t) => {
    const broken = await startMysqlServer(t, {
      leaf: trust.leaf,
      talk: async () => {},
      instead: (socket) => socket.once('data', () => socket.resetAndDestroy()),
    })
    const second = await startMysqlServer(t, { leaf: trust.leaf, talk: async () => {} })
    const connect = [backend(broken.port), backend(second.port)]
    const { caller, record } = await start(t, {}, { service: { connect } })
    await caller.hear()
    caller.say(1, answer)
    assert.match(messageOf((await caller.hear()).payload), /BACKEND_HANDSHAKE_FAILED/)
    await record()
    assert.deepEqual([broken.accepted, second.accepted], [1, 0])
  })
})
