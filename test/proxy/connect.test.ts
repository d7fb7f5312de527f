/** CONNECT and Upgrade: what it takes to get a tunnel, and that nothing reaches a backend before the verdict. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { type EntranceOptions, startEntrance, startRawBackend } from '../kit/entrance.ts'
import { makePolicy, makeRule, pattern } from '../kit/policies.ts'
import { turns } from '../kit/wires.ts'

const CONNECT = 'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n'
const HELLO = '\x16\x03\x01\x00\x05hello'
const plaintext = makePolicy({ rules: [makeRule({ name: 'plain', match: [pattern('b.test')], plaintext: true })] })

async function started(t: TestContext, options: EntranceOptions = {}) {
  const backend = await startRawBackend(t)
  const entrance = await startEntrance(t, backend.port, options)
  return { backend, entrance, caller: await entrance.connect() }
}

test('a tunnel carries TLS both ways, and is told when it ends', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(CONNECT)
  assert.match(await caller.receive('\r\n\r\n'), /^HTTP\/1\.1 200 /)
  caller.send(HELLO)
  const connection = await backend.accepted()
  await connection.receive('hello')
  connection.send('server hello')
  await caller.receive('server hello')
  caller.socket.end()
  connection.socket.end()
  const record = await entrance.record(0)
  assert.deepEqual([record.kind, record.status, record.error, record.host], ['connect', 200, '', 'b.test'])
  assert.deepEqual([record.bytesOut, record.bytesIn], [HELLO.length, 'server hello'.length])
})

test('a hello that comes with the CONNECT waits for the verdict and is then passed on', async (t) => {
  const { backend, caller } = await started(t)
  caller.send(CONNECT + HELLO)
  assert.match(await caller.receive('\r\n\r\n'), /^HTTP\/1\.1 200 /)
  assert.equal(await (await backend.accepted()).receive('hello'), HELLO)
})

test('a refused verdict: 502, closed, and not a byte to the backend', async (t) => {
  const refuseDial = new SidecarError('POLICY_VERDICT_REFUSED', 'b.test:443 is not trusted: expired')
  const { entrance, caller } = await started(t, { refuseDial })
  caller.send(CONNECT + HELLO)
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 502 .*tls_certificate_error/s)
  assert.equal(entrance.backends.dialled, 0)
  assert.equal((await entrance.record(0)).error, 'POLICY_VERDICT_REFUSED')
})

test('a blind tunnel asks for no verdict, and carries TLS and nothing else', async (t) => {
  const refuseDial = new SidecarError('POLICY_VERDICT_REFUSED', 'b.test:443 is not trusted: expired')
  const blind = makePolicy({ rules: [makeRule({ name: 'blind', match: [pattern('b.test')], tunnels: 'blind' })] })
  const { backend, entrance, caller } = await started(t, { refuseDial, policy: blind })
  caller.send(CONNECT + HELLO)
  assert.match(await caller.receive('\r\n\r\n'), /^HTTP\/1\.1 200 /)
  const connection = await backend.accepted()
  assert.equal(await connection.receive('hello'), HELLO)
  caller.socket.end()
  connection.socket.end()
  const { verdict, error } = await entrance.record(0)
  assert.deepEqual([verdict, error], ['', ''])

  const other = await entrance.connect()
  other.send(`${CONNECT}GET / HTTP/1.1\r\n\r\n`)
  await other.until(({ closed }) => closed)
  assert.equal((await entrance.record(1)).error, 'POLICY_NOT_TLS')
})

const notTls = [
  { reason: 'HTTP', sent: 'GET / HTTP/1.1\r\n\r\n' },
  { reason: 'an SSLv2 hello', sent: '\x80\x2e\x01\x03\x01' },
  { reason: 'a handshake record of no TLS version', sent: '\x16\x02\x00' },
  { reason: 'application data first', sent: '\x17\x03\x03\x00\x05' },
]
for (const { reason, sent } of notTls) {
  test(`what is not TLS does not get into a tunnel: ${reason}`, async (t) => {
    const { backend, entrance, caller } = await started(t)
    caller.send(CONNECT)
    await caller.receive('\r\n\r\n')
    caller.send(sent)
    await caller.until(({ closed }) => closed)
    const connection = await backend.accepted()
    await connection.until(({ ended, closed }) => ended || closed)
    assert.equal(connection.received, '')
    assert.equal((await entrance.record(0)).error, 'POLICY_NOT_TLS')
  })
}

test('a hello in single bytes is recognised, and none is lost', async (t) => {
  const { backend, caller } = await started(t)
  caller.send(CONNECT)
  await caller.receive('\r\n\r\n')
  for (const byte of HELLO) {
    caller.send(byte)
    await turns()
  }
  assert.equal(await (await backend.accepted()).receive('hello'), HELLO)
})

test('a backend that speaks before the caller is not speaking TLS', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(CONNECT)
  await caller.receive('\r\n\r\n')
  ;(await backend.accepted()).send('220 smtp.test ESMTP\r\n')
  await caller.until(({ closed }) => closed)
  assert.equal(caller.received, '')
  assert.equal((await entrance.record(0)).error, 'POLICY_NOT_TLS')
})

test('a rule for plain text lets a tunnel carry anything, whoever speaks first', async (t) => {
  const { backend, caller } = await started(t, { policy: plaintext })
  caller.send(CONNECT)
  await caller.receive('\r\n\r\n')
  const connection = await backend.accepted()
  connection.send('220 smtp.test ESMTP\r\n')
  await caller.receive('ESMTP\r\n')
  caller.send('EHLO me\r\n')
  await connection.receive('EHLO me\r\n')
})

test('one tunnel over the limit gets a 503', async (t) => {
  const { entrance, caller } = await started(t, { limits: { tunnels: 1 }, policy: plaintext })
  caller.send(CONNECT)
  await caller.receive('\r\n\r\n')
  const second = await entrance.connect()
  second.send(CONNECT)
  assert.match(await second.receiveAll(), /^HTTP\/1\.1 503 /)
})

test('a silent caller of a tunnel is given up at the head deadline', async (t) => {
  const { entrance, caller } = await started(t, { timeouts: { headMs: 5000 } })
  caller.send(CONNECT)
  await caller.receive('\r\n\r\n')
  entrance.deadlines.sweep(performance.now() + 5001)
  await caller.until(({ closed }) => closed)
  assert.equal((await entrance.record(0)).error, 'CALLER_TIMEOUT')
})

const UPGRADE = 'GET http://b.test/ws HTTP/1.1\r\nHost: b.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

test('an upgrade becomes a tunnel after the backend agrees, with what was sent ahead on both sides', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(`${UPGRADE}ahead of the answer`)
  const connection = await backend.accepted()
  const head = await connection.receive('\r\n\r\n')
  assert.match(head, /Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n$/)
  connection.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst frame')
  const answer = await caller.receive('\r\n\r\n')
  assert.match(answer, /^HTTP\/1\.1 101 .*Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n$/s)
  await caller.receive('first frame')
  await connection.receive('ahead of the answer')
  caller.socket.end('bye')
  await connection.receive('bye')
  connection.socket.end()
  const record = await entrance.record(0)
  assert.deepEqual([record.kind, record.status], ['upgrade', 101])
  assert.equal(entrance.backends.dropped, 1)
})

test('an upgrade that the backend declines is an ordinary answer', async (t) => {
  const { backend, caller } = await started(t)
  caller.send(UPGRADE)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno')
  assert.match(await caller.receive('no'), /^HTTP\/1\.1 426 /)
})

test('a backend that switches protocols before it has the whole request is not believed', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(UPGRADE.replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 9\r\n\r\nhalf'))
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\nhalf')
  connection.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 502 /)
  assert.equal((await entrance.record(0)).error, 'BACKEND_BAD_RESPONSE')
})

test('the end of a caller that came before its upgrade reaches the backend after it', async (t) => {
  const { backend, caller } = await started(t)
  caller.socket.end(UPGRADE)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  await turns()
  connection.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await caller.receive('\r\n\r\n')
  await connection.until(({ ended }) => ended)
})
