/** Dials that fail: whose fault it was, what is said of it, and that each deadline is its own. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import test, { type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { connectFailure, handshakeFailure } from '../../src/backend/dial/network-errors.ts'
import type { SidecarError } from '../../src/errors.ts'
import { makeOffer } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeBackends } from '../kit/reach.ts'
import { misbehaviours, startBackend, startRawBackend } from '../kit/start-backend.ts'

const trust = await makeTrust(['good.test'])
const resolve = async () => ['127.0.0.1']
const reachOf = (t: TestContext) => makeBackends(t, { trust: [trust.set] }, { resolve })

const strangers: { does: keyof typeof misbehaviours; message: RegExp }[] = [
  { does: 'closes at once', message: /closed the connection during the TLS handshake/ },
  { does: 'resets', message: /closed the connection during the TLS handshake/ },
  { does: 'speaks HTTP', message: /answered with something that is not TLS: it speaks plain HTTP/ },
  { does: 'speaks SSH', message: /answered with something that is not TLS: it is an SSH server/ },
  { does: 'greets like a mail server', message: /not TLS: it greets like a mail or FTP server, which wants STARTTLS/ },
  { does: 'greets like an IMAP server', message: /not TLS: it greets like an IMAP or POP3 server/ },
  { does: 'sends rubbish', message: /answered with something that is not TLS$/ },
]
for (const { does, message } of strangers) {
  test(`a backend that ${does} fails in the handshake, and what was seen is said`, async (t) => {
    const backend = await startRawBackend(t, { onSocket: misbehaviours[does] })
    const error = await reachOf(t).refusal(`good.test:${backend.port}`)
    assert.equal(error.code, 'BACKEND_HANDSHAKE_FAILED')
    assert.match(error.message, message)
    assert.equal(error.details.address, '127.0.0.1')
    assert.ok(error.cause instanceof Error)
  })
}

test('a port nobody listens on has refused the connection', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  const error = await reachOf(t).refusal(`good.test:${port}`)
  assert.equal(error.code, 'BACKEND_CONNECT_REFUSED')
  assert.equal(error.message, `backend good.test:${port}: 127.0.0.1 refused the connection`)
})

test('every address that was tried is told', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  const { refusal } = makeBackends(t, { trust: [trust.set] }, { resolve: async () => ['127.0.0.8', '127.0.0.9'] })
  const { message } = await refusal(`good.test:${port}`)
  assert.match(message, /127\.0\.0\.8 refused the connection; 127\.0\.0\.9 refused the connection$/)
})

const A128 = 'TLS_AES_128_GCM_SHA256'
test('a backend without a suite in common refuses us with an alert, which is not taken for a verdict of ours', async (t) => {
  const backend = await startBackend(t, {
    certificate: trust.leaf,
    tls: { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_256_GCM_SHA384' },
  })
  const unlisted = { tls: makeOffer({ protocols: ['TLSv1.3'], ciphers: [A128] }) }
  const error = await makeBackends(t, { trust: [trust.set], unlisted }, { resolve }).refusal(
    `good.test:${backend.port}`,
  )
  assert.equal(error.code, 'BACKEND_REFUSED_US')
  assert.equal(error.details.alert, 'handshake_failure')
  assert.match(
    error.message,
    /refused us with the alert handshake_failure: most often no cipher suite .* does not say which/,
  )
})

test('a backend that chooses a version below what was offered is refused as a protocol', async (t) => {
  const serverHello = Buffer.concat([
    Buffer.from('160302002a020000260302', 'hex'),
    Buffer.alloc(32, 1),
    Buffer.from('00c01300', 'hex'),
  ])
  const backend = await startRawBackend(t, {
    onSocket: (socket) => socket.once('data', () => socket.write(serverHello)),
  })
  const error = await reachOf(t).refusal(`good.test:${backend.port}`)
  assert.equal(error.code, 'POLICY_VERDICT_REFUSED')
  assert.match(error.message, /protocol-refused \(answered with a TLS version below what the rule offers\)/)
})

test('in report mode a version that cannot be agreed on is the backend refusing us, for no policy refuses', async (t) => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const
  const backend = await startBackend(t, { certificate: trust.leaf, tls: old })
  const { refusal } = makeBackends(t, { trust: [trust.set], unlisted: { enforcement: 'report' } }, { resolve })
  const error = await refusal(`good.test:${backend.port}`)
  assert.deepEqual([error.code, error.details.alert], ['BACKEND_REFUSED_US', 'protocol_version'])
})

const alerts: [number, string][] = [
  [10, 'unexpected_message'],
  [40, 'handshake_failure'],
  [42, 'bad_certificate'],
  [48, 'unknown_ca'],
  [49, 'access_denied'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [112, 'unrecognized_name'],
  [116, 'certificate_required'],
  [120, 'no_application_protocol'],
]
for (const [number, name] of alerts) {
  test(`the alert ${number} is told as ${name}`, async (t) => {
    const alert = Buffer.from([21, 3, 3, 0, 2, 2, number])
    const backend = await startRawBackend(t, { onSocket: (socket) => socket.once('data', () => socket.end(alert)) })
    const error = await reachOf(t).refusal(`good.test:${backend.port}`)
    assert.deepEqual([error.code, error.details.alert], ['BACKEND_REFUSED_US', name])
  })
}

test('the alert for a TLS version is the policy refusing, for it is the rule that offers none the backend speaks', async (t) => {
  const backend = await startRawBackend(t, {
    onSocket: (socket) => socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 70]))),
  })
  const error = await reachOf(t).refusal(`good.test:${backend.port}`)
  assert.equal(error.code, 'POLICY_VERDICT_REFUSED')
  assert.deepEqual((error.details.verdict as { outcome: string }).outcome, 'refused')
})

const codes: { code: string; connect?: string; handshake?: string }[] = [
  { code: 'ECONNREFUSED', connect: 'BACKEND_CONNECT_REFUSED' },
  { code: 'EHOSTUNREACH', connect: 'BACKEND_UNREACHABLE' },
  { code: 'ENETUNREACH', connect: 'BACKEND_UNREACHABLE' },
  { code: 'ETIMEDOUT', connect: 'BACKEND_CONNECT_TIMEOUT' },
  { code: 'EMFILE', connect: 'INTERNAL_AT_LIMIT' },
  { code: 'ESOMETHING', connect: 'BACKEND_UNREACHABLE', handshake: 'BACKEND_HANDSHAKE_FAILED' },
  { code: 'ECONNRESET', handshake: 'BACKEND_HANDSHAKE_FAILED' },
  { code: 'ERR_SSL_DH_KEY_TOO_SMALL', handshake: 'BACKEND_HANDSHAKE_FAILED' },
  { code: 'ERR_SSL_TLSV1_SOMETHING_OF_OURS', handshake: 'BACKEND_HANDSHAKE_FAILED' },
  { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', handshake: 'BACKEND_REFUSED_US' },
]
for (const { code, connect, handshake } of codes) {
  test(`Node's ${code} has its own code of ours`, () => {
    const error = Object.assign(new Error('x'), { code })
    if (connect) assert.equal(connectFailure(error).code, connect)
    if (handshake) assert.equal(handshakeFailure(error).code, handshake)
  })
}

// --- deadlines: the clock of the sweep is turned by hand, so nothing waits and nothing is approximate ---

/** Resolves when something has settled, or not, after every pending callback has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  promise.then(
    () => (settled = true),
    () => (settled = true),
  )
  await new Promise(setImmediate)
  return settled
}

test('a backend that is silent in the handshake is given up after timeouts.handshake, not before', async (t) => {
  const hellos = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let heard = 0
  const backend = await startRawBackend(t, {
    onSocket: (socket) => socket.once('data', () => hellos[heard++]?.resolve()),
  })
  const reach = makeBackends(t, { trust: [trust.set], timeouts: { connectMs: 1000, handshakeMs: 60_000 } }, { resolve })
  const refusal = reach.refusal(`good.test:${backend.port}`)
  // Silence may be what a hello with hybrid groups gets, so it is tried once more without them.
  for (const hello of hellos) {
    await hello.promise
    reach.deadlines.sweep(performance.now() + 59_000)
    assert.equal(await isSettled(refusal), false)
    reach.deadlines.sweep(performance.now() + 61_000)
  }
  const error = await refusal
  assert.equal(error.code, 'BACKEND_HANDSHAKE_TIMEOUT')
  assert.match(error.message, /127\.0\.0\.1 did not finish the TLS handshake in time/)
  assert.equal(heard, 2)
})

test('an address that does not accept is given up after timeouts.connect, not before', async (t) => {
  const port = await blackHole(t)
  const reach = makeBackends(t, { trust: [trust.set], timeouts: { connectMs: 60_000, handshakeMs: 1000 } }, { resolve })
  const refusal = reach.refusal(`good.test:${port}`)
  await new Promise(setImmediate)
  reach.deadlines.sweep(performance.now() + 59_000)
  assert.equal(await isSettled(refusal), false)
  reach.deadlines.sweep(performance.now() + 61_000)
  assert.equal((await refusal).code, 'BACKEND_CONNECT_TIMEOUT')
})

test('an address that does not accept leaves its share of the time to the one behind it', async (t) => {
  const port = await blackHole(t)
  const behind = await startBackend(t, { certificate: trust.leaf, host: '127.0.0.2', port })
  const addresses = async () => ['127.0.0.1', '127.0.0.2']
  const reach = makeBackends(t, { trust: [trust.set], timeouts: { connectMs: 60_000 } }, { resolve: addresses })
  const opened = reach.open(`good.test:${port}`)
  await new Promise(setImmediate)
  reach.deadlines.sweep(performance.now() + 31_000)
  assert.equal((await opened).address, '127.0.0.2')
  assert.equal(behind.accepted, 1)
})

test('a plain connection keeps timeouts.connect as well', async (t) => {
  const port = await blackHole(t)
  const reach = makeBackends(t, { timeouts: { connectMs: 60_000 } }, { resolve })
  const dial = reach.backends.dialPlain(reach.decision(`good.test:${port}`)).catch((error: SidecarError) => error.code)
  await new Promise(setImmediate)
  reach.deadlines.sweep(performance.now() + 61_000)
  assert.equal(await dial, 'BACKEND_CONNECT_TIMEOUT')
})

/** A port whose queue of callers is full and never served: a SYN to it gets no answer. */
async function blackHole(t: TestContext): Promise<number> {
  const script = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)
    })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [port] = await once(child.stdout, 'data')
  // How many callers a queue of one holds differs from system to system: it is full when one is left without an answer.
  for (let isFull = false; !isFull; ) {
    const filler = net.connect(Number(port), '127.0.0.1').on('error', () => {})
    t.after(() => filler.destroy())
    isFull = await Promise.race([once(filler, 'connect').then(() => false), setTimeout(50, true)])
  }
  return Number(port)
}
