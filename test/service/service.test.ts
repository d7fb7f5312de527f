import assert from 'node:assert/strict'
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
import { deadPort, isReset, meetsReset, plain, startService } from '../kit/service.ts'

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
