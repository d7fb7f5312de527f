/** What leaves for a backend and what comes back, byte for byte: the duties of a proxy (RFC 9110 §7.6, RFC 9112). */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type RawSocket, startEntrance, startRawBackend } from '../kit/entrance.ts'

async function started(t: TestContext) {
  const backend = await startRawBackend(t)
  const entrance = await startEntrance(t, backend.port)
  return { backend, entrance, caller: await entrance.connect() }
}

const requests = [
  {
    reason: 'origin-form, the Host of the target, our Via',
    sent: 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n',
    seen: 'GET / HTTP/1.1\r\nHost: b.test\r\nVia: 1.1 vedette-test\r\n\r\n',
  },
  {
    reason: 'path and query are not touched, however odd',
    sent: 'GET http://b.test/a//b/../%2e%2E;x?q=%zz&%41 HTTP/1.1\r\nHost: b.test\r\n\r\n',
    seen: 'GET /a//b/../%2e%2E;x?q=%zz&%41 HTTP/1.1\r\nHost: b.test\r\nVia: 1.1 vedette-test\r\n\r\n',
  },
  {
    reason: 'a query without a path gets the slash that origin-form needs',
    sent: 'GET http://b.test?q=1 HTTP/1.1\r\nHost: b.test\r\n\r\n',
    seen: 'GET /?q=1 HTTP/1.1\r\nHost: b.test\r\nVia: 1.1 vedette-test\r\n\r\n',
  },
  {
    reason: 'OPTIONS for a whole origin is asterisk-form at the last proxy',
    sent: 'OPTIONS http://b.test HTTP/1.1\r\nHost: b.test\r\n\r\n',
    seen: 'OPTIONS * HTTP/1.1\r\nHost: b.test\r\nVia: 1.1 vedette-test\r\n\r\n',
  },
  {
    reason: 'a Host that disagrees with the target is replaced, never believed',
    sent: 'GET http://b.test:8443/ HTTP/1.1\r\nHost: evil.test\r\n\r\n',
    seen: 'GET / HTTP/1.1\r\nHost: b.test:8443\r\nVia: 1.1 vedette-test\r\n\r\n',
  },
  {
    reason: 'the port of the scheme is not said in Host',
    sent: 'GET https://B.test:443/ HTTP/1.1\r\nHost: b.test:443\r\n\r\n',
    seen: 'GET / HTTP/1.1\r\nHost: b.test\r\nVia: 1.1 vedette-test\r\n\r\n',
  },
  {
    reason: 'fields of this connection, and what Connection names, stay here',
    sent: 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: 5\r\nProxy-Authorization: Basic c2VjcmV0\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n',
    seen: 'GET / HTTP/1.1\r\nHost: b.test\r\nX-End: 2\r\nVia: 1.1 vedette-test\r\n\r\n',
  },
  {
    reason: 'Connection cannot take away what is meant for everybody',
    sent: 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nConnection: host, via, authorization, connection\r\nAuthorization: Basic eA==\r\nVia: 1.0 first\r\n\r\n',
    seen: 'GET / HTTP/1.1\r\nHost: b.test\r\nAuthorization: Basic eA==\r\nVia: 1.0 first, 1.1 vedette-test\r\n\r\n',
  },
  {
    reason: 'an HTTP/1.0 request leaves as HTTP/1.1, and Via says what it was',
    sent: 'GET http://b.test/ HTTP/1.0\r\n\r\n',
    seen: 'GET / HTTP/1.1\r\nHost: b.test\r\nVia: 1.0 vedette-test\r\n\r\n',
  },
  {
    reason: 'a body of a known length',
    sent: 'POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 5\r\n\r\nhello',
    seen: 'POST / HTTP/1.1\r\nHost: b.test\r\nContent-Length: 5\r\nVia: 1.1 vedette-test\r\n\r\nhello',
  },
  {
    reason: 'a chunked body keeps its chunks, loses extensions and forbidden trailers',
    sent: 'POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nTransfer-Encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n5;x=1\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n',
    seen: 'POST / HTTP/1.1\r\nHost: b.test\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\nVia: 1.1 vedette-test\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n',
  },
  {
    reason: 'Expect goes along; the body follows when the backend asks for it',
    sent: 'PUT http://b.test/ HTTP/1.1\r\nHost: b.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    seen: 'PUT / HTTP/1.1\r\nHost: b.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\nVia: 1.1 vedette-test\r\n\r\n',
  },
]

for (const { reason, sent, seen } of requests) {
  for (const [how, write] of [
    ['in one piece', (caller: RawSocket) => caller.send(sent)],
    ['in two', (caller: RawSocket) => splitSend(caller, sent)],
  ] as const) {
    test(`request ${how}: ${reason}`, async (t) => {
      const { backend, caller } = await started(t)
      write(caller)
      const connection = await backend.accepted()
      await connection.until(({ received }) => received.length >= seen.length)
      assert.equal(connection.received, seen)
    })
  }
}

function splitSend(caller: RawSocket, text: string): void {
  const middle = Math.floor(text.length / 2)
  caller.send(text.slice(0, middle))
  setImmediate(() => caller.send(text.slice(middle)))
}

const HEAD_GET = 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n'
const answers = [
  {
    reason: 'a body of a known length, and the connection lives on',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nhi',
    seen: 'HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\nVia: 1.1 vedette-test\r\n\r\nhi',
    keeps: true,
  },
  {
    reason: 'chunks with trailers',
    answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n',
    seen: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nVia: 1.1 vedette-test\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n',
    keeps: true,
  },
  {
    reason: '204 has no body',
    answer: 'HTTP/1.1 204 No Content\r\n\r\n',
    seen: 'HTTP/1.1 204 No Content\r\nVia: 1.1 vedette-test\r\n\r\n',
    keeps: true,
  },
  {
    reason: '304 says a length and has no body',
    answer: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n',
    seen: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\nVia: 1.1 vedette-test\r\n\r\n',
    keeps: true,
  },
  {
    reason: 'interim answers come before the final one',
    answer: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    seen: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nVia: 1.1 vedette-test\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 vedette-test\r\n\r\n',
    keeps: true,
  },
  {
    reason: 'a body that ends with the connection ends it for the caller too',
    answer: 'HTTP/1.1 200 OK\r\n\r\nuntil I close',
    backendEnds: true,
    seen: 'HTTP/1.1 200 OK\r\nVia: 1.1 vedette-test\r\nConnection: close\r\n\r\nuntil I close',
    keeps: false,
  },
  {
    reason: 'an answer to an HTTP/1.0 caller loses its chunks and closes',
    request: 'GET http://b.test/ HTTP/1.0\r\n\r\n',
    answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3\r\n ho\r\n0\r\n\r\n',
    seen: 'HTTP/1.1 200 OK\r\nVia: 1.1 vedette-test\r\nConnection: close\r\n\r\nhi ho',
    keeps: false,
  },
  {
    reason: 'an HTTP/1.0 caller is not told of interim answers',
    request: 'GET http://b.test/ HTTP/1.0\r\n\r\n',
    answer: 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    seen: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 vedette-test\r\nConnection: close\r\n\r\nhi',
    keeps: false,
  },
  {
    reason: 'an answer to HEAD says a length and has no body',
    request: 'HEAD http://b.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n',
    seen: 'HTTP/1.1 200 OK\r\nContent-Length: 999\r\nVia: 1.1 vedette-test\r\n\r\n',
    keeps: true,
  },
  {
    reason: 'a caller that asked to close is closed',
    request: 'GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    seen: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 vedette-test\r\nConnection: close\r\n\r\nhi',
    keeps: false,
  },
]

for (const { reason, request = HEAD_GET, answer, seen, keeps, backendEnds = false } of answers) {
  for (const size of [Number.POSITIVE_INFINITY, 1]) {
    test(`answer ${size === 1 ? 'byte by byte' : 'in one piece'}: ${reason}`, async (t) => {
      const { backend, caller } = await started(t)
      caller.send(request)
      const connection = await backend.accepted()
      await connection.receive('\r\n\r\n')
      if (size === 1) for (const byte of answer) connection.send(byte)
      else connection.send(answer)
      if (backendEnds) connection.socket.end()
      await caller.until(({ received }) => received.length >= seen.length)
      assert.equal(caller.received, seen)
      if (!keeps) return void (await caller.receiveAll())
      caller.received = ''
      caller.send(HEAD_GET)
      await connection.receive('\r\n\r\n')
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain')
      assert.match(await caller.receive('again'), /^HTTP\/1\.1 200 OK/)
    })
  }
}

test('pipelined requests are answered in their order', async (t) => {
  const { backend, caller } = await started(t)
  for (const path of ['/1', '/2', '/3']) caller.send(`GET http://b.test${path} HTTP/1.1\r\nHost: b.test\r\n\r\n`)
  const connection = await backend.accepted()
  for (const path of ['/1', '/2', '/3']) {
    const head = await connection.receive('\r\n\r\n')
    assert.ok(head.startsWith(`GET ${path} `), head)
    assert.equal(connection.received, '', 'the next one waits for this answer')
    connection.send(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${path}`)
    assert.ok((await caller.receive(`\r\n\r\n${path}`)).startsWith('HTTP/1.1 200'))
  }
})

test('a long body passes in both directions, whole', async (t) => {
  const { backend, caller } = await started(t)
  const size = 3_000_000
  caller.send(`POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: ${size}\r\n\r\n${'q'.repeat(size)}`)
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  await connection.until(({ received }) => received.length === size)
  assert.equal(connection.received, 'q'.repeat(size))
  connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'a'.repeat(size)}`)
  await caller.receive('\r\n\r\n')
  await caller.until(({ received }) => received.length === size)
  assert.equal(caller.received, 'a'.repeat(size))
})

test('100 Continue reaches the caller, and its body the backend after that', async (t) => {
  const { backend, caller } = await started(t)
  caller.send('PUT http://b.test/ HTTP/1.1\r\nHost: b.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
  const connection = await backend.accepted()
  await connection.receive('\r\n\r\n')
  connection.send('HTTP/1.1 100 Continue\r\n\r\n')
  assert.equal(await caller.receive('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\nVia: 1.1 vedette-test\r\n\r\n')
  caller.send('hello')
  await connection.receive('hello')
  connection.send('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n')
  assert.match(await caller.receive('\r\n\r\n'), /^HTTP\/1\.1 201 Created/)
})

test('an answer before the end of the request closes both connections after it', async (t) => {
  const { backend, caller, entrance } = await started(t)
  caller.send('POST http://b.test/ HTTP/1.1\r\nHost: b.test\r\nContent-Length: 10\r\n\r\nhalf')
  const connection = await backend.accepted()
  await connection.receive('half')
  connection.send('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n')
  assert.match(await caller.receiveAll(), /^HTTP\/1\.1 413 .*Connection: close\r\n\r\n$/s)
  assert.equal(entrance.backends.idle.length, 0)
})
