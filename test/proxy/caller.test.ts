/** What a caller may send: hostile and malformed requests get a 400 with a reason and a closed connection, and nothing reaches a backend. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ProxyEntrance } from '../../src/proxy/proxy-entrance.ts'
import type { CallerConnection } from '../../src/proxy/work.ts'
import { type EntranceOptions, startEntrance, startRawBackend } from '../kit/entrance.ts'
import { makePolicy, makeRule, pattern } from '../kit/policies.ts'
import { stoodStill, turns } from '../kit/wires.ts'

const GET = 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n'

async function started(t: TestContext, options: EntranceOptions = {}) {
  const backend = await startRawBackend(t)
  const entrance = await startEntrance(t, backend.port, options)
  return { backend, entrance, caller: await entrance.connect() }
}

const refused = [
  {
    reason: 'origin-form is for servers, not for proxies',
    sent: 'GET / HTTP/1.1\r\nHost: b.test\r\n\r\n',
    error: 'CALLER_BAD_TARGET',
  },
  { reason: 'another scheme', sent: 'GET ftp://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n', error: 'CALLER_BAD_TARGET' },
  { reason: 'no Host', sent: 'GET http://b.test/ HTTP/1.1\r\n\r\n', error: 'CALLER_BAD_REQUEST' },
  {
    reason: 'chunks and a length',
    sent: 'POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    error: 'CALLER_BAD_REQUEST',
  },
  {
    reason: 'a coding hidden behind a comma',
    sent: 'POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n',
    error: 'CALLER_BAD_REQUEST',
  },
  { reason: 'a bare LF', sent: 'GET http://b.test/ HTTP/1.1\nHost: b.test\r\n\r\n', error: 'CALLER_BAD_REQUEST' },
  { reason: 'a NUL', sent: 'GET http://b.test/\0 HTTP/1.1\r\nHost: b.test\r\n\r\n', error: 'CALLER_BAD_REQUEST' },
  {
    reason: 'user information in the target',
    sent: 'GET http://user:secret@b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n',
    error: 'CALLER_BAD_REQUEST',
  },
  {
    reason: 'a port that is none',
    sent: 'GET http://b.test:0/ HTTP/1.1\r\nHost: b.test\r\n\r\n',
    error: 'CALLER_BAD_TARGET',
  },
  {
    reason: 'CONNECT without a port',
    sent: 'CONNECT b.test HTTP/1.1\r\nHost: b.test\r\n\r\n',
    error: 'CALLER_BAD_REQUEST',
  },
  {
    reason: 'CONNECT with a body',
    sent: 'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test\r\nContent-Length: 4\r\n\r\nsmug',
    error: 'CALLER_BAD_REQUEST',
  },
  {
    reason: 'TLS spoken to a plain entrance',
    sent: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
    error: 'CALLER_BAD_REQUEST',
  },
  {
    reason: 'a request that has been here',
    sent: 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nVia: 1.1 vedette-test\r\n\r\n',
    error: 'CALLER_LOOP',
  },
]
for (const { reason, sent, error } of refused) {
  test(`refused and closed, with nothing sent on: ${reason}`, async (t) => {
    const { entrance, caller } = await started(t)
    // A second request behind the bad one must not be served: its beginning could be the smuggled part.
    caller.send(sent + GET)
    const reply = await caller.receiveAll()
    assert.match(reply, error === 'CALLER_LOOP' ? /^HTTP\/1\.1 502 / : /^HTTP\/1\.1 400 Bad Request\r\n/)
    assert.match(reply, /Connection: close\r\n/)
    assert.equal(JSON.parse(reply.slice(reply.indexOf('\r\n\r\n') + 4)).type, `urn:vedette:error:${error}`)
    assert.doesNotMatch(reply, /secret/)
    assert.equal(entrance.backends.dialled, 0)
    const record = await entrance.record(0)
    assert.deepEqual([record.error, record.decision], [error, 'error'])
    assert.equal(entrance.records.length, 1)
  })
}

const broken = [
  { reason: 'lines that end with LF alone', sent: 'GET http://b.test/ HTTP/1.1\nHost: b.test\n\n' },
  { reason: 'TLS on the plain port', sent: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
  { reason: 'a control character', sent: 'GET http://b.test/ HTTP/1.1\r\nX: \x01' },
]
for (const { reason, sent } of broken) {
  test(`a head that nothing can mend is refused before it ends: ${reason}`, async (t) => {
    const { caller } = await started(t)
    caller.send(sent)
    assert.match(await caller.receiveAll(), /^HTTP\/1\.1 400 /)
  })
}

test('a destination that is denied is named in the log, with the rule that denies it', async (t) => {
  const policy = makePolicy({ rules: [makeRule({ name: 'never', match: [pattern('*.bad.test')], action: 'deny' })] })
  const { entrance, caller } = await started(t, { policy })
  caller.send('GET https://x.bad.test/ HTTP/1.1\r\nHost: x.bad.test\r\n\r\n')
  assert.match(await caller.receive('}\n'), /^HTTP\/1\.1 403 /)
  const record = await entrance.record(0)
  assert.deepEqual([record.host, record.port, record.rule, record.decision], ['x.bad.test', 443, 'never', 'deny'])
})

test('very many fields are too much', async (t) => {
  const { caller } = await started(t)
  caller.send(`GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n${'A: b\r\n'.repeat(300)}\r\n`)
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 431 /)
})

test('a head over the limit is a 431; one just under it passes', async (t) => {
  const { backend, entrance, caller } = await started(t, { limits: { headBytes: 2000 } })
  const padded = (size: number) => `GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nX: ${'x'.repeat(size)}\r\n\r\n`
  caller.send(padded(1900))
  await (await backend.accepted()).receive('\r\n\r\n')
  const second = await entrance.connect()
  second.send(padded(2000))
  assert.match(await second.receiveAll(), /^HTTP\/1\.1 431 /)
})

test('an endless head is refused as soon as it is too long, not when it ends', async (t) => {
  const { caller } = await started(t, { limits: { headBytes: 2000 } })
  caller.send(`GET http://b.test/ HTTP/1.1\r\nX: ${'x'.repeat(3000)}`)
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 431 /)
})

test('a head that drips does not win time with each byte', async (t) => {
  const { entrance, caller } = await started(t, { timeouts: { headMs: 30_000 } })
  caller.send('GET http://b.te')
  await turns()
  const begun = performance.now()
  for (const byte of 'st/ HTTP/1.1\r\nHost') {
    caller.send(byte)
    await turns()
  }
  entrance.deadlines.sweep(begun + 30_001)
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 408 /)
  assert.equal((await entrance.record(0)).error, 'CALLER_TIMEOUT')
})

test('an idle caller is closed at the idle deadline without a word', async (t) => {
  const { entrance, caller } = await started(t, { timeouts: { idleMs: 60_000 } })
  await turns()
  entrance.deadlines.sweep(performance.now() + 61_000)
  assert.equal(await caller.receiveAll(), '')
  assert.equal(entrance.records.length, 0)
})

test('one caller over the limit gets a 503; the others are served', async (t) => {
  const { entrance } = await started(t, { limits: { callers: 2 } })
  await entrance.connect()
  const third = await entrance.connect()
  assert.match(await third.receiveAll(), /^HTTP\/1\.1 503 .*connection_limit_reached/s)
})

test('an empty line before a request is skipped', async (t) => {
  const { backend, caller } = await started(t)
  caller.send(`\r\n${GET}`)
  assert.match(await (await backend.accepted()).receive('\r\n\r\n'), /^GET \/ /)
})

test('a caller that resets at any point harms nobody', async (t) => {
  const { backend, entrance } = await started(t)
  for (const cut of ['', 'GET http', GET, 'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test\r\n\r\n']) {
    const caller = await entrance.connect()
    caller.send(cut)
    await turns()
    caller.socket.resetAndDestroy()
  }
  const survivor = await entrance.connect()
  survivor.send(GET)
  void answerAll()
  await survivor.until(({ received }) => received.endsWith('ok'))

  async function answerAll(): Promise<void> {
    for (;;) (await backend.accepted()).send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  }
})

/** The caller's connection as its work sees it, once its first head is read. */
function nextCaller(entrance: ProxyEntrance): Promise<CallerConnection> {
  return new Promise((resolve) => {
    const newRecord = entrance.newRecord.bind(entrance)
    entrance.newRecord = (caller) => {
      resolve(caller)
      return newRecord(caller)
    }
  })
}

test('a caller that reads slowly gets the whole of its last answer before the connection closes', async (t) => {
  const { entrance, caller } = await started(t)
  const reached = nextCaller(entrance.entrance)
  caller.socket.pause()
  caller.send(GET)
  const connection = await reached
  const size = 32 * 1024 * 1024
  connection.wire.write(Buffer.alloc(size, 'x'))
  connection.done({ keep: false })
  entrance.deadlines.sweep(performance.now() + 10_000)
  await turns()
  caller.socket.resume()
  assert.equal((await caller.receiveAll()).length, size)
})

test('a caller that asks ahead and reads no answer is asked to wait, and gets them all when it reads', async (t) => {
  const { backend, entrance, caller } = await started(t)
  const reached = nextCaller(entrance.entrance)
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n${'x'.repeat(40_000)}`
  const count = 500
  caller.socket.pause()
  caller.send(GET.repeat(count))
  const connection = await backend.accepted()
  void (async () => {
    for (;;) {
      await connection.receive('\r\n\r\n')
      connection.send(answer)
    }
  })().catch(() => {})
  const { wire } = await reached
  assert.ok((await stoodStill(() => entrance.records.length)) < count)
  assert.ok(wire.pending <= 256 * 1024, `${wire.pending} bytes were held`)
  caller.socket.resume()
  await entrance.record(count - 1)
})

test('a body that came with the end of its caller is sent once the backend is there', async (t) => {
  const { backend, caller } = await started(t)
  caller.socket.end('POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 4\r\n\r\nbody')
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\nbody')
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 200 .*\r\n\r\nok$/s)
})

test('half a body that came with the end of its caller is not waited for', async (t) => {
  const { entrance, caller } = await started(t)
  caller.socket.end('POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 4\r\n\r\nbo')
  assert.equal((await entrance.record(0)).error, 'CALLER_LEFT')
})

test('the clock of a head that came behind another request runs from the answer to that one', async (t) => {
  const { backend, entrance, caller } = await started(t, { timeouts: { headMs: 30_000 } })
  caller.send(`${GET}GET http://b.te`)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  await caller.receive('ok')
  // A deadline may be one sweep late.
  entrance.deadlines.sweep(performance.now() + 30_101)
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 408 /)
})

test('a head that is too long is a 431 also when it came to rest exactly at the limit', async (t) => {
  const { caller } = await started(t, { limits: { headBytes: 2000 } })
  const begun = 'GET http://b.test/ HTTP/1.1\r\nX: '
  caller.send(begun + 'x'.repeat(2000 - begun.length))
  await turns()
  caller.send('x')
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 431 /)
})

test('a caller that still sends after a refusal is given time to find out, but not for ever', async (t) => {
  const { entrance, caller } = await started(t)
  const reached = nextCaller(entrance.entrance)
  const now = performance.now.bind(performance)
  let later = 0
  t.mock.method(performance, 'now', () => now() + later)
  caller.send('POST ftp://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 8\r\n\r\n')
  await caller.receiveAll()
  const { wire } = await reached
  later = 300
  caller.send('some')
  await turns()
  // The time after the refusal is over by now, that after the last bytes is not.
  entrance.deadlines.sweep(now() + 600)
  assert.equal(wire.destroyed, false)
  later = 29_900
  caller.send('more')
  await turns()
  entrance.deadlines.sweep(now() + 30_100)
  assert.equal(wire.destroyed, true)
})
