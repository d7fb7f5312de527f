/** Callers with TLS of their own in a tunnel: what of it is judged, and that nothing passes before it is. */
import assert from 'node:assert/strict'
import net from 'node:net'
import { type TestContext, test } from 'node:test'
import type tls from 'node:tls'
import type { FindingName, Rule } from '../../src/policy/policy.ts'
import { RawSocket } from '../kit/entrance.ts'
import { askInside, openTunnel, startEntrance, trust } from '../kit/inspecting-entrance.ts'
import { makeOffer, type OfferWish } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend, startRawBackend } from '../kit/start-backend.ts'
import { turns } from '../kit/wires.ts'
import { asRecord, serverName, supportedVersions, writeClientHello } from '../kit/write-client-hello.ts'

const stranger = await makeTrust(['b.test'], { name: 'stranger' })

const offer = (wish: OfferWish): Pick<Rule, 'tls'> => ({ tls: makeOffer(wish) })

const rows: readonly {
  readonly why: string
  readonly rule?: Partial<Rule>
  readonly backend?: tls.TlsOptions
  readonly caller?: tls.ConnectionOptions
  /** Passes when left out. */
  readonly refused?: FindingName
}[] = [
  { why: 'the name the tunnel is for, in TLS 1.3' },
  { why: 'the same in TLS 1.2', caller: { maxVersion: 'TLSv1.2' } },
  { why: 'another name on the same backend', caller: { servername: 'other.test' }, refused: 'name-mismatch' },
  { why: 'no name at all', caller: { servername: '' }, refused: 'name-mismatch' },
  {
    why: 'no name where our own handshake sends none either',
    rule: { sni: false },
    caller: { servername: '', checkServerIdentity: () => undefined },
  },
  { why: 'the name of the tunnel where our own handshake sends none', rule: { sni: false } },
  {
    why: 'the name a rule sends in place of it',
    rule: { sni: 'other.test', verifyName: 'b.test' },
    caller: { servername: 'other.test' },
  },
  {
    why: 'a protocol the rule offers',
    rule: offer({ protocols: ['TLSv1.2', 'TLSv1.3'] }),
    caller: { maxVersion: 'TLSv1.2' },
  },
  {
    why: 'only a protocol the rule does not offer',
    rule: offer({ protocols: ['TLSv1.3'], ciphers: ['TLS_AES_256_GCM_SHA384'] }),
    caller: { maxVersion: 'TLSv1.2' },
    refused: 'protocol-refused',
  },
  {
    why: 'a protocol both ends like better than the one of the rule',
    rule: offer({ protocols: ['TLSv1.2'], ciphers: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] }),
    refused: 'protocol-refused',
  },
  {
    why: 'a suite the rule offers',
    rule: offer({ ciphers: ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] }),
    caller: { ciphers: 'TLS_CHACHA20_POLY1305_SHA256', minVersion: 'TLSv1.3' },
  },
  {
    why: 'a suite the rule does not offer',
    rule: offer({ ciphers: ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] }),
    caller: { ciphers: 'TLS_AES_128_GCM_SHA256', minVersion: 'TLSv1.3' },
    refused: 'cipher-refused',
  },
  { why: 'a group the rule offers', rule: offer({ groups: ['P-256'] }), caller: { ecdhCurve: 'P-256' } },
  {
    why: 'a group the rule does not offer',
    rule: offer({ groups: ['P-256'] }),
    caller: { ecdhCurve: 'P-384' },
    backend: { ecdhCurve: 'P-256:P-384' },
    refused: 'group-refused',
  },
  {
    why: 'a curve of TLS 1.2 the rule does not offer',
    rule: offer({ groups: ['P-256'] }),
    caller: { ecdhCurve: 'P-384:P-256', maxVersion: 'TLSv1.2' },
    backend: { ecdhCurve: 'P-384:P-256' },
    refused: 'group-refused',
  },
  {
    why: 'a retry asks for a group the rule offers',
    rule: offer({ groups: ['X25519', 'P-384'] }),
    caller: { ecdhCurve: 'X25519:P-384' },
    backend: { ecdhCurve: 'P-384' },
  },
  {
    why: 'only what is watched is refused: verify-only does not read the hello',
    rule: { tunnels: 'verify-only' },
    caller: { servername: 'other.test' },
  },
  {
    why: 'strict TLS is off: a wrong name is only told',
    rule: { strict: false },
    caller: { servername: 'other.test' },
  },
  {
    why: 'report mode: what would be refused passes',
    rule: { enforcement: 'report' },
    caller: { servername: 'other.test' },
  },
]

for (const { why, rule, backend: wish, caller, refused } of rows) {
  test(`a handshake in a tunnel ${refused === undefined ? 'passes' : `is refused with ${refused}`}: ${why}`, async (t) => {
    const backend = await startBackend(t, { certificate: trust.leaf, tls: wish ?? {} })
    const entrance = startEntrance(t, rule)
    const answer = await askInside(t, entrance, backend.port, caller ?? {})
    const record = await entrance.record()
    if (refused === undefined) {
      assert.equal(answer, 'HTTP/1.1 200 OK')
      assert.equal(record.error, '')
      return
    }
    assert.equal(answer, 'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED')
    assert.equal(record.error, 'POLICY_VERDICT_REFUSED')
    assert.ok(
      record.findings.some(({ name }) => name === refused),
      record.message,
    )
    assert.deepEqual(backend.requests, [])
  })
}

test('in TLS 1.2 the certificate the caller is shown is judged, not only the one we were shown', async (t) => {
  const good = await startBackend(t, { certificate: trust.leaf })
  const bad = await startBackend(t, { certificate: stranger.leaf })
  // Behind one address there are two servers: our own handshake meets the good one, the caller the other.
  let connections = 0
  const front = await startRawBackend(t, {
    onSocket: (socket) => {
      connections += 1
      const behind = net.connect(connections === 1 ? good.port : bad.port, '127.0.0.1')
      socket.pipe(behind).pipe(socket)
      behind.on('error', () => socket.destroy())
    },
  })
  const entrance = startEntrance(t)
  const answer = await askInside(t, entrance, front.port, { maxVersion: 'TLSv1.2', ca: stranger.ca.certificate })
  assert.equal(answer, 'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED')
  assert.deepEqual(
    (await entrance.record()).findings.map(({ name }) => name),
    ['untrusted-issuer'],
  )
})

test('an encrypted hello is refused, for the name inside cannot be seen', async (t) => {
  const { entrance, caller } = await rawTunnel(t)
  const extensions = [serverName('b.test'), supportedVersions(0x0304), [0xfe0d, Buffer.alloc(20)] as const]
  caller.send(asRecord(1, writeClientHello({ extensions })).toString('latin1'))
  await caller.until(({ ended, closed }) => ended || closed)
  assert.equal(caller.received, '\x15\x03\x03\x00\x02\x02\x31')
  assert.match((await entrance.record()).message, /name-mismatch \(the hello is encrypted \(ECH\)/)
})

test('a hello in single bytes waits until it is whole, and then leaves as it came', async (t) => {
  const { backend, caller } = await rawTunnel(t)
  const hello = asRecord(1, writeClientHello()).toString('latin1').replaceAll('a.test', 'b.test')
  for (const byte of hello.slice(0, -1)) {
    caller.send(byte)
    await turns()
  }
  const inside = await backend.accepted()
  assert.equal(inside.received, '')
  caller.send(hello.slice(-1))
  await inside.until(({ received }) => received.length >= hello.length)
  assert.equal(inside.received, hello)
})

test('what follows the hello, early data too, waits for the verdict on the answer', async (t) => {
  const { backend, caller, entrance } = await rawTunnel(t)
  const hello = asRecord(1, writeClientHello()).toString('latin1').replaceAll('a.test', 'b.test')
  caller.send(`${hello}\x17\x03\x03\x00\x05early`)
  const inside = await backend.accepted()
  await inside.until(({ received }) => received.length >= hello.length)
  await turns()
  assert.equal(inside.received, hello)
  // SSL 3.0 is no answer that any rule offers.
  inside.send(`\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00${'\0'.repeat(32)}\0\x00\x2f\x00`)
  await caller.until(({ ended, closed }) => ended || closed)
  assert.equal(inside.received, hello)
  assert.match((await entrance.record()).message, /protocol-refused \(SSLv3/)
})

test('what is not a handshake is cut in either direction', async (t) => {
  const first = await rawTunnel(t)
  first.caller.send('GET / HTTP/1.1\r\n\r\n')
  await first.caller.until(({ closed }) => closed)
  assert.equal((await first.entrance.record()).error, 'POLICY_NOT_TLS')

  const second = await rawTunnel(t)
  second.caller.send(asRecord(1, writeClientHello()).toString('latin1').replaceAll('a.test', 'b.test'))
  const inside = await second.backend.accepted()
  await inside.until(({ received }) => received.length > 0)
  inside.send('220 mail.test ESMTP\r\n')
  await second.caller.until(({ closed }) => closed)
  const record = await second.entrance.record()
  assert.deepEqual(
    [record.error, record.message],
    ['POLICY_NOT_TLS', 'the backend sent something that is not TLS into the tunnel'],
  )
})

test('an alert of the backend reaches the caller', async (t) => {
  const { backend, caller } = await rawTunnel(t)
  caller.send(asRecord(1, writeClientHello()).toString('latin1').replaceAll('a.test', 'b.test'))
  const inside = await backend.accepted()
  await inside.until(({ received }) => received.length > 0)
  inside.send('\x15\x03\x03\x00\x02\x02\x28')
  await caller.receive('\x02\x28')
})

/** A tunnel behind a good verdict whose inside is a plain socket on both ends. */
async function rawTunnel(t: TestContext) {
  const real = await startBackend(t, { certificate: trust.leaf })
  const later: RawSocket[] = []
  let arrived = () => {}
  let connections = 0
  const front = await startRawBackend(t, {
    onSocket: (socket) => {
      connections += 1
      if (connections > 1) {
        later.push(new RawSocket(socket))
        return arrived()
      }
      const behind = net.connect(real.port, '127.0.0.1')
      socket.pipe(behind).pipe(socket)
      behind.on('error', () => socket.destroy())
    },
  })
  const entrance = startEntrance(t)
  const caller = new RawSocket(await openTunnel(t, entrance, front.port))
  const accepted = async (): Promise<RawSocket> => {
    while (later[0] === undefined) {
      await new Promise<void>((resolve) => {
        arrived = resolve
      })
    }
    return later[0]
  }
  return { entrance, caller, backend: { accepted } }
}
