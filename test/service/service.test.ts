import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import tls from 'node:tls'
import { SidecarError } from '../../src/errors.ts'
import { levelOfAccess } from '../../src/observe/access-message.ts'
import type { RevocationRule } from '../../src/policy/policy.ts'
import type { ServiceBackend } from '../../src/settings/service.ts'
import { type RawBackend, RawSocket, startRawBackend } from '../kit/entrance.ts'
import { makeOffer, makeSnapshot } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeRule, pattern } from '../kit/policies.ts'
import { deadPort, startService, type TestService } from '../kit/service.ts'

const plain = (port: number): ServiceBackend => ({ scheme: 'tcp', authority: `127.0.0.1:${port}` })

/** Closed by a reset, and not by an end that could be taken for an answer. */
async function isReset(caller: RawSocket): Promise<void> {
  await caller.until(({ closed }) => closed).catch(() => {})
  assert.equal(caller.error?.code, 'ECONNRESET')
  assert.equal(caller.received, '')
}

/** Connects and is reset, perhaps before it knows that it was connected. */
async function meetsReset({ port }: TestService): Promise<void> {
  const socket = net.connect(port, '127.0.0.1').resume()
  const [error] = await once(socket, 'error').catch((thrown) => [thrown])
  assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET')
}

describe('a caller of a service', () => {
  it('speaks first, last and half-closed, and is logged with every byte', async (t) => {
    const backend = await startRawBackend(t)
    const service = await startService(t, { connect: [plain(backend.port)] })
    const caller = await service.connect()
    caller.send('question')
    caller.socket.end()
    const accepted = await backend.accepted()
    assert.equal(await accepted.receiveAll(), 'question')
    accepted.send('answer')
    accepted.socket.end()
    assert.equal(await caller.receiveAll(), 'answer')
    const { error, bytesOut, bytesIn, entrance, kind, scheme } = await service.record(0)
    assert.deepEqual(
      { error, bytesOut, bytesIn, entrance, kind, scheme },
      { error: '', bytesOut: 8, bytesIn: 6, entrance: 'mail', kind: 'service', scheme: 'tcp' },
    )
  })

  it('is reset where no rule lets plain text out, and nothing is dialled', async (t) => {
    const backend = await startRawBackend(t)
    const service = await startService(t, { connect: [plain(backend.port)] }, {})
    await meetsReset(service)
    const { error, decision, address } = await service.record(0)
    assert.deepEqual({ error, decision, address }, { error: 'POLICY_PLAINTEXT_DENIED', decision: 'deny', address: '' })
  })

  it('is reset where a rule denies the backend', async (t) => {
    const rules = [makeRule({ name: 'no', match: [pattern('127.0.0.1')], action: 'deny' })]
    const service = await startService(t, { connect: [plain(1)] }, { rules })
    await meetsReset(service)
    const { error, rule, host } = await service.record(0)
    assert.deepEqual({ error, rule, host }, { error: 'POLICY_RULE_DENIES', rule: 'no', host: '127.0.0.1' })
  })

  it('is reset when the service is full, and the others go on', async (t) => {
    const backend = await startRawBackend(t)
    const service = await startService(t, { connect: [plain(backend.port)], limits: { connections: 1 } })
    const first = await service.connect()
    const accepted = await backend.accepted()
    await meetsReset(service)
    assert.equal((await service.record(0)).error, 'INTERNAL_AT_LIMIT')
    accepted.send('still here\n')
    await first.receive('still here\n')
  })

  it('is reset while memory is short, and the others go on', async (t) => {
    const backend = await startRawBackend(t)
    let fault: SidecarError | undefined
    const service = await startService(t, { connect: [plain(backend.port)] }, undefined, undefined, () => fault)
    const first = await service.connect()
    const accepted = await backend.accepted()
    fault = new SidecarError('INTERNAL_AT_LIMIT', 'memory is short')
    await meetsReset(service)
    assert.equal((await service.record(0)).error, 'INTERNAL_AT_LIMIT')
    accepted.send('still here\n')
    await first.receive('still here\n')
    fault = undefined
    await service.connect()
    await backend.accepted()
  })

  it('is told from one that was cut at the drain deadline', async (t) => {
    const backend = await startRawBackend(t)
    const service = await startService(t, { connect: [plain(backend.port)] })
    const caller = await service.connect()
    await backend.accepted()
    let emptied = false
    service.entrance.emptied = () => {
      emptied = true
    }
    service.entrance.retire()
    assert.equal(emptied, false, 'a tunnel goes on after the retirement')
    assert.equal(service.entrance.cut(), 1)
    await isReset(caller)
    assert.equal((await service.record(0)).error, 'INTERNAL_DRAINING')
  })

  it('lets its service end when it leaves after the retirement', async (t) => {
    const backend = await startRawBackend(t)
    const service = await startService(t, { connect: [plain(backend.port)] })
    const caller = await service.connect()
    const accepted = await backend.accepted()
    const emptied = new Promise<void>((resolve) => {
      service.entrance.emptied = resolve
    })
    service.entrance.retire()
    caller.socket.end()
    await accepted.until(({ ended }) => ended)
    accepted.socket.end()
    await emptied
  })
})

describe('a caller whose certificate is not taken any more', () => {
  it('is cut with the reason in its line, before and after its tunnel is there, and the next one is not let in', async (t) => {
    const { leaf } = await makeTrust(['gateway.localhost'])
    const identity = { name: 'gateway', certificate: leaf.certificate, key: leaf.key, sha256: leaf.sha256 }
    const backend = await startRawBackend(t)
    const revocation: RevocationRule = { mode: 'off', sources: ['crl'] }
    const offer = makeOffer()
    const shown = { certificate: 'gateway', offer, verifyClient: 'none', trustStores: [], revocation } as const
    const policy = { unlisted: { plaintext: true }, identities: [identity] }
    const service = await startService(t, { connect: [plain(backend.port)], tls: shown }, policy)
    const call = () => {
      const socket = tls.connect({ port: service.port, host: '127.0.0.1', rejectUnauthorized: false })
      t.after(() => socket.destroy())
      return new RawSocket(socket)
    }
    const joined = call()
    await backend.accepted()
    while (service.entrance.load.tunnels === 0) await new Promise((resolve) => setImmediate(resolve))
    const why = new SidecarError('CALLER_CERTIFICATE_REFUSED', 'revoked')
    const weigh = (fault?: SidecarError) =>
      service.entrance.reweigh(
        makeSnapshot(),
        () => true,
        () => fault,
      )
    assert.equal(weigh(), 0)
    assert.equal(weigh(why), 1)
    for (const caller of [joined, call()]) await caller.until(({ closed }) => closed).catch(() => {})
    const { error, message } = await service.record(1)
    assert.deepEqual([error, message], ['CALLER_CERTIFICATE_REFUSED', 'revoked'])
    assert.deepEqual([service.records[0]?.error, service.records[0]?.message], [error, message])
  })
})

describe('several backends', () => {
  const greet = async (backend: RawBackend, text: string) => (await backend.accepted()).send(text)

  it('priority: the first that can be reached is taken, every time', async (t) => {
    const [one, two] = [await startRawBackend(t), await startRawBackend(t)]
    const connect = [plain(await deadPort()), plain(one.port), plain(two.port)]
    const service = await startService(t, { connect })
    for (let time = 0; time < 2; time += 1) {
      const caller = await service.connect()
      await greet(one, 'one\n')
      await caller.receive('one\n')
    }
  })

  it('roundRobin: each caller begins with the next one, and passes over the dead', async (t) => {
    const [one, two] = [await startRawBackend(t), await startRawBackend(t)]
    const connect = [plain(one.port), plain(await deadPort()), plain(two.port)]
    const service = await startService(t, { connect, failover: 'roundRobin' })
    for (const [backend, text] of [
      [one, 'one\n'],
      [two, 'two\n'],
      [two, 'two\n'],
      [one, 'one\n'],
    ] as const) {
      const caller = await service.connect()
      await greet(backend, text)
      await caller.receive(text)
    }
  })

  it('one with a name is looked up anew for every caller', async (t) => {
    const backend = await startRawBackend(t)
    // Nobody listens at the second address.
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.1']
    const connect: ServiceBackend[] = [{ scheme: 'tcp', authority: `mail.test:${backend.port}` }]
    const resolve = async () => [addresses.shift() ?? assert.fail('it was asked too often')]
    const service = await startService(t, { connect }, { unlisted: { plaintext: true } }, resolve)
    const served = async () => {
      const caller = await service.connect()
      await greet(backend, 'here\n')
      await caller.receive('here\n')
    }
    await served()
    await meetsReset(service)
    const { error, message } = await service.record(0)
    assert.equal(error, 'BACKEND_CONNECT_REFUSED')
    assert.match(message, /127\.0\.0\.2/)
    await served()
    assert.deepEqual(addresses, [])
  })

  it('when none can be reached, every try is told', async (t) => {
    const [one, two] = [await deadPort(), await deadPort()]
    const service = await startService(t, { connect: [plain(one), plain(two)] })
    await meetsReset(service)
    const { error, message, port } = await service.record(0)
    assert.equal(error, 'BACKEND_CONNECT_REFUSED')
    assert.ok(message.includes(`:${one}`) && message.includes(`:${two}`), message)
    assert.equal(port, two)
  })

  it('one that the policy refuses is not passed over', async (t) => {
    const backend = await startRawBackend(t)
    const refused: ServiceBackend = { scheme: 'tcp', authority: 'denied.example:1' }
    const rules = [makeRule({ name: 'no', match: [pattern('denied.example')], action: 'deny' })]
    const policy = { rules, unlisted: { plaintext: true } }
    const service = await startService(t, { connect: [refused, plain(backend.port)] }, policy)
    await meetsReset(service)
    assert.equal((await service.record(0)).error, 'POLICY_RULE_DENIES')
  })
})

describe('STARTTLS that a rule does not insist on', () => {
  const start = async (t: TestContext, starttls: 'must' | 'may') => {
    const backend = await startRawBackend(t)
    const connect: ServiceBackend[] = [{ scheme: 'tls', authority: `127.0.0.1:${backend.port}` }]
    return { backend, service: await startService(t, { connect, starttls: 'pgsql' }, { unlisted: { starttls } }) }
  }
  const refuseTls = async (backend: RawBackend) => {
    const asked = await backend.accepted()
    await asked.until(({ received }) => received.length === 8)
    asked.send('N')
  }

  it('goes on in plain text, and the line of each caller warns of it', async (t) => {
    const { backend, service } = await start(t, 'may')
    for (const index of [0, 1]) {
      const caller = await service.connect()
      await refuseTls(backend)
      const accepted = await backend.accepted()
      accepted.send('in the open\n')
      await caller.receive('in the open\n')
      caller.socket.end()
      accepted.socket.end()
      const record = await service.record(index)
      assert.deepEqual(
        [record.error, record.decision, record.because, record.scheme, record.protocol, levelOfAccess(record)],
        ['', 'allow-untrusted', ['starttls-may'], 'tcp', '', 'warn'],
      )
      assert.match(record.message, /does not offer TLS: .* the rule lets it go on in plain text/)
    }
  })

  it('is refused by every other rule, and nothing of the caller leaves', async (t) => {
    const { backend, service } = await start(t, 'must')
    const caller = await service.connect()
    caller.send('secret')
    await refuseTls(backend)
    await isReset(caller)
    const { error, bytesOut } = await service.record(0)
    assert.deepEqual({ error, bytesOut }, { error: 'BACKEND_NO_STARTTLS', bytesOut: 0 })
  })
})

describe('the PROXY protocol', () => {
  const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\r\n'
  const start = async (t: TestContext, from: readonly string[], more = {}) => {
    const backend = await startRawBackend(t)
    const proxyProtocol = { in: 'either' as const, from, ...more }
    return { backend, service: await startService(t, { connect: [plain(backend.port)], proxyProtocol }) }
  }

  it('in: the caller it names stands in the log, and the backend gets what follows and no header', async (t) => {
    const { backend, service } = await start(t, ['127.0.0.0/8'])
    const caller = await service.connect()
    for (const piece of [line.slice(0, 9), `${line.slice(9)}EHLO`, ' app\r\n']) {
      caller.send(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const accepted = await backend.accepted()
    assert.equal(await accepted.receive('\r\n'), 'EHLO app\r\n')
    caller.socket.end()
    accepted.socket.end()
    const record = await service.record(0)
    assert.deepEqual([record.caller, record.callerPort], ['192.0.2.1', 56_324])
  })

  it('in: a peer that is not listed is refused whatever it says', async (t) => {
    const { service } = await start(t, ['192.0.2.0/24', 'unix'])
    await meetsReset(service)
    const { error, message } = await service.record(0)
    assert.equal(error, 'CALLER_BAD_PROXY_HEADER')
    assert.match(message, /127\.0\.0\.1 is no peer/)
  })

  it('in: no header, no tunnel', async (t) => {
    const { service } = await start(t, ['127.0.0.1'])
    const caller = await service.connect()
    caller.send('EHLO app\r\n')
    await isReset(caller)
    assert.equal((await service.record(0)).error, 'CALLER_BAD_PROXY_HEADER')
  })

  it('in: a caller that leaves before its header is complete is told', async (t) => {
    const { service } = await start(t, ['127.0.0.1'])
    const caller = await service.connect()
    caller.send('PROXY TCP4')
    caller.socket.end()
    await isReset(caller)
    assert.match((await service.record(0)).message, /ended before its PROXY header was complete/)
  })

  it('out: the backend learns who called, before anything else', async (t) => {
    const { backend, service } = await start(t, ['127.0.0.1'], { out: 'v1' })
    const caller = await service.connect()
    caller.send(`${line}hello\n`)
    const accepted = await backend.accepted()
    assert.equal(await accepted.receive('hello\n'), `${line}hello\n`)
  })

  it('out: without a header of its own it names the connection itself', async (t) => {
    const backend = await startRawBackend(t)
    const service = await startService(t, { connect: [plain(backend.port)], proxyProtocol: { from: [], out: 'v1' } })
    const caller = await service.connect()
    const accepted = await backend.accepted()
    const own = caller.socket.localPort
    assert.equal(await accepted.receive('\r\n'), `PROXY TCP4 127.0.0.1 127.0.0.1 ${own} ${service.port}\r\n`)
  })
})
