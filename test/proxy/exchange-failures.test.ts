/** What a caller is told when its exchange fails, what the log says, and what must not happen: a request sent twice, a cut answer taken for whole. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BackendConnection } from '../../src/backend/verified-backend.ts'
import { SidecarError } from '../../src/errors.ts'
import { type EntranceOptions, startEntrance, startRawBackend } from '../kit/entrance.ts'

const GET = 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

async function started(t: TestContext, options: EntranceOptions = {}) {
  const backend = await startRawBackend(t)
  const entrance = await startEntrance(t, backend.port, options)
  return { backend, entrance, caller: await entrance.connect() }
}

/** Leaves one connection idle in the pool, and gives the backend's side of it. */
async function withIdleConnection(t: TestContext) {
  const { backend, entrance, caller } = await started(t)
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send(OK)
  await caller.receive('ok')
  return { backend, entrance, caller, connection }
}

test('a GET is sent again when its pooled connection is gone before any answer', async (t) => {
  const { backend, entrance, caller, connection } = await withIdleConnection(t)
  caller.send(GET)
  await connection.receive('\r\n\r\n')
  connection.socket.destroy()
  const second = await backend.accepted()
  await second.receive('\r\n\r\n')
  second.send(OK)
  assert.match(await caller.receive('ok'), /^HTTP\/1\.1 200/)
  assert.equal(entrance.backends.dialled, 2)
})

test('a GET is sent again also when the connection was warmed and never used: it may have gone stale as well', async (t) => {
  const { backend, entrance, caller } = await started(t)
  entrance.backends.put(await entrance.backends.dialPlain())
  const warmed = await backend.accepted()
  caller.send(GET)
  await warmed.receive('\r\n\r\n')
  warmed.socket.destroy()
  const second = await backend.accepted()
  await second.receive('\r\n\r\n')
  second.send(OK)
  assert.match(await caller.receive('ok'), /^HTTP\/1\.1 200/)
  assert.equal(entrance.backends.dialled, 2)
})

test('somebody at a browser gets a page, a program gets what programs read', async (t) => {
  const { entrance } = await started(t)
  for (const [accept, type] of [
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['*/*', 'application/problem+json'],
  ]) {
    const caller = await entrance.connect()
    caller.send(`GET ftp://b.test/ HTTP/1.1\r\nHost: b.test\r\nAccept: ${accept}\r\n\r\n`)
    assert.match(await caller.receive('\r\n\r\n'), new RegExp(`Content-Type: ${type?.replace('+', '\\+')}`))
  }
})

const notRepeated = [
  { reason: 'POST is not idempotent', request: 'POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n' },
  {
    reason: 'a PUT with a body has given its body away',
    request: 'PUT http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 2\r\n\r\nhi',
  },
]
for (const { reason, request } of notRepeated) {
  test(`no request is sent twice that must not be: ${reason}`, async (t) => {
    const { entrance, caller, connection } = await withIdleConnection(t)
    caller.send(request)
    await connection.receive('\r\n\r\n')
    connection.socket.destroy()
    assert.match(await caller.receive('"policyVersion":7}\n'), /^HTTP\/1\.1 502 .*error=connection_terminated/s)
    assert.equal(entrance.backends.dialled, 1)
    assert.equal((await entrance.record(1)).error, 'BACKEND_CLOSED_EARLY')
  })
}

test('a GET on a fresh connection is not sent again: the backend may have seen it', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.socket.destroy()
  assert.match(await caller.receive('}\n'), /^HTTP\/1\.1 502/)
  assert.equal(entrance.backends.dialled, 1)
})

const cutAnswers = [
  { reason: 'a length that was announced and not kept', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf' },
  {
    reason: 'chunks without the last one',
    answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
  },
]
for (const { reason, answer } of cutAnswers) {
  test(`a cut answer reaches the caller as a reset, never as a clean end: ${reason}`, async (t) => {
    const { backend, entrance, caller } = await started(t)
    caller.send(GET)
    const connection = await backend.accepted()
    await connection.receive('\r\n\r\n')
    connection.send(answer)
    await caller.receive('half')
    connection.socket.end()
    await caller.until(({ closed }) => closed)
    assert.equal(caller.error?.code, 'ECONNRESET')
    assert.equal((await entrance.record(0)).error, 'BACKEND_CLOSED_EARLY')
  })
}

test('a body that ends with the connection is not taken for complete when the connection breaks', async (t) => {
  const { backend, caller } = await started(t)
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send('HTTP/1.1 200 OK\r\n\r\nhalf')
  await caller.receive('half')
  connection.socket.resetAndDestroy()
  await caller.until(({ closed }) => closed)
  assert.equal(caller.error?.code, 'ECONNRESET')
})

const badAnswers = [
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi'],
  [
    'a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
  ],
  ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
  ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nhi'],
  ['not HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
] as const
for (const [what, answer] of badAnswers) {
  test(`an answer that breaks HTTP is a 502, and its connection is not used again: ${what}`, async (t) => {
    const { backend, entrance, caller } = await started(t)
    caller.send(GET)
    const connection = await backend.accepted()
    await connection.receive('\r\n\r\n')
    connection.send(answer)
    const reply = await caller.receive('}\n')
    assert.match(reply, /^HTTP\/1\.1 502 .*Proxy-Status: vedette; error=http_protocol_error/s)
    assert.equal((await entrance.record(0)).error, 'BACKEND_BAD_RESPONSE')
    assert.equal(entrance.backends.idle.length, 0)
    assert.equal(entrance.backends.dropped, 1)
  })
}

test('more bytes than the answer announced: the answer passes, the surplus and its connection do not', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`)
  assert.match(await caller.receive('ok'), /^HTTP\/1\.1 200/)
  caller.send(GET)
  const second = await backend.accepted()
  await second.receive('\r\n\r\n')
  second.send(OK)
  assert.doesNotMatch(await caller.receive('ok'), /poison/)
  assert.equal(entrance.backends.dropped, 1)
})

test('a refused dial is told to the caller with the findings, and the connection carries the next request', async (t) => {
  const findings = [{ name: 'expired', detail: 'expired 3 days ago' }]
  const verdict = { outcome: 'refused', findings, blocking: findings, because: [], wouldRefuse: false }
  const refuseDial = new SidecarError('POLICY_VERDICT_REFUSED', 'b.test:443 is not trusted: expired', {
    details: { verdict },
  })
  const { entrance, caller } = await started(t, { refuseDial })
  for (const index of [0, 1]) {
    caller.send(GET)
    const reply = await caller.receive('}\n')
    assert.match(
      reply,
      /^HTTP\/1\.1 502 Bad Gateway\r\nProxy-Status: vedette; error=tls_certificate_error; details="b\.test:443 is/,
    )
    const problem = JSON.parse(reply.slice(reply.indexOf('\r\n\r\n') + 4))
    assert.deepEqual(problem.findings, findings)
    assert.equal(problem.type, 'urn:vedette:error:POLICY_VERDICT_REFUSED')
    const record = await entrance.record(index)
    assert.deepEqual([record.decision, record.verdict, record.status], ['deny', 'refused', 502])
  }
})

test('a refused dial of a request with a body closes after the reply', async (t) => {
  const refuseDial = new SidecarError('BACKEND_CONNECT_REFUSED', 'nothing listens at b.test:443')
  const { caller } = await started(t, { refuseDial })
  caller.send('POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 100\r\n\r\nsome of it')
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 502 .*connection_refused.*Connection: close/s)
})

test('a caller that breaks takes its backend connection with it', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  caller.socket.resetAndDestroy()
  await connection.until(({ ended, closed }) => ended || closed)
  assert.equal((await entrance.record(0)).error, 'CALLER_LEFT')
  assert.equal(entrance.backends.dropped, 1)
})

test('a caller that half-closes after its request still gets the answer', async (t) => {
  const { backend, caller } = await started(t)
  caller.socket.end(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send(OK)
  assert.match(await caller.receiveAll(), /Connection: close\r\n\r\nok$/)
})

test('the first-byte deadline answers 504; a long poll within it lives', async (t) => {
  const { backend, entrance, caller } = await started(t, { timeouts: { firstByteMs: 3_600_000 } })
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  entrance.deadlines.sweep(performance.now() + 3_590_000)
  connection.send(OK)
  assert.match(await caller.receive('ok'), /^HTTP\/1\.1 200/)
  caller.send(GET)
  await connection.receive('\r\n\r\n')
  entrance.deadlines.sweep(performance.now() + 3_601_000)
  assert.match(await caller.receive('}\n'), /^HTTP\/1\.1 504 .*http_response_timeout/s)
  assert.equal((await entrance.record(1)).error, 'BACKEND_FIRST_BYTE_TIMEOUT')
})

test('the idle deadline cuts an answer that stands still', async (t) => {
  const { backend, entrance, caller } = await started(t, { timeouts: { idleMs: 10_000 } })
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
  await caller.receive('half')
  entrance.deadlines.sweep(performance.now() + 11_000)
  await caller.until(({ closed }) => closed)
  assert.equal(caller.error?.code, 'ECONNRESET')
  assert.equal((await entrance.record(0)).error, 'BACKEND_IDLE_TIMEOUT')
})

test('interim answers without end are a bad answer, however small they are', async (t) => {
  const { backend, entrance, caller } = await started(t)
  caller.socket.pause()
  caller.send(GET)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  for (let count = 0; count < 20; count += 1) connection.send('HTTP/1.1 103\r\n\r\n'.repeat(4000))
  assert.equal((await entrance.record(0)).error, 'BACKEND_BAD_RESPONSE')
})

test('a request is not sent again once an interim answer has come', async (t) => {
  const { entrance, caller, connection } = await withIdleConnection(t)
  caller.send(GET)
  await connection.receive('\r\n\r\n')
  connection.send('HTTP/1.1 103 Early Hints\r\n\r\n')
  await caller.receive('Early Hints')
  connection.socket.destroy()
  assert.match(await caller.receive('}\n'), /HTTP\/1\.1 502 /)
  assert.equal(entrance.backends.dialled, 1)
})

test('a connection that came from the pool by way of its line counts as used before', async (t) => {
  const { backend, entrance, caller, connection } = await withIdleConnection(t)
  // Nothing idle at the first look, and one that came back a moment later, as in a pool at its limit.
  const idle = entrance.backends.idle.pop() as BackendConnection
  t.mock.method(entrance.backends, 'open', async () => idle, { times: 1 })
  caller.send(GET)
  await connection.receive('\r\n\r\n')
  connection.socket.destroy()
  const second = await backend.accepted()
  await second.receive('\r\n\r\n')
  second.send(OK)
  assert.match(await caller.receive('ok'), /^HTTP\/1\.1 200/)
})
